//! What else a question may mean: letters that are pinyin or initials, words with typing mistakes,
//! characters that only sound right.

use crate::analysis::{INITIALS_MAX, WHOLE_WORD, pairs, words_of_run};
use crate::error::Error;
use crate::highlight::Form;
use crate::normal::{Run, Script};
use crate::pinyin::{is_typed, split, usual};
use crate::plan::{Clause, Plan, Planner};
use crate::query::Reason;

const WORD_IN_PINYIN: f32 = 1.6;
const SYLLABLES: f32 = 0.8;
const SYLLABLE: f32 = 0.4;
const INITIALS: f32 = 1.5;
const TYPO: f32 = 1.0;
const HOMOPHONE: f32 = 0.4;
/// What is also a word of some points, or also reads as syllables, is less likely meant.
const LESS_LIKELY: f32 = 0.3;

/// Letters that are looked at; a longer run is no pinyin that somebody types.
const LETTERS_MAX: usize = 48;
/// Chinese characters of a question up to which homophones are looked for.
const HOMOPHONES_MAX: usize = 20;

impl Planner<'_> {
    /// Pinyin, initials and typing mistakes in the letters of a question.
    pub(crate) fn letters(
        &self,
        plan: &mut Plan,
        chars: &[char],
        runs: &[Run],
    ) -> Result<(), Error> {
        let latin: Vec<&Run> = runs
            .iter()
            .filter(|run| run.script == Script::Latin && run.text.len() <= LETTERS_MAX)
            .take(16)
            .collect();
        for run in &latin {
            let is_word = self.points_with_word(&run.text)? > 0;
            let factor = if is_word { LESS_LIKELY } else { 1.0 };
            let mut is_known = is_word;
            if is_typed(&run.text) && run.text.len() > 1 {
                is_known |= self.pinyin_of(plan, &run.text, factor)?;
                self.initials_of(plan, &run.text, factor);
            }
            if !is_known {
                self.mistyped(plan, &run.text)?;
            }
        }
        // `gong ji jin`: syllables with gaps between them.
        for (left, right) in latin.iter().zip(latin.iter().skip(1)) {
            let gap = chars.get(left.start + left.text.chars().count()..right.start);
            if gap.is_some_and(|gap| gap.iter().all(|c| c.is_whitespace() || *c == '\''))
                && let (Some(before), Some(after)) =
                    (split(&left.text, true), split(&right.text, true))
                && let (Some(last), Some(first)) = (
                    before.parts.last().and_then(|part| part.last()),
                    after.parts.first().and_then(|part| part.first()),
                )
            {
                let pair = format!("{last} {first}");
                plan.look_for(self.fields.pinyin, &pair, SYLLABLES);
                plan.explain(Reason::Pinyin, &pair, Form::Pinyin(pair.replace(' ', "")));
            }
        }
        Ok(())
    }

    /// Characters of a question that few points have together, by their sound.
    pub(crate) fn homophones(&self, plan: &mut Plan, runs: &[Run]) -> Result<(), Error> {
        let han = || runs.iter().filter(|run| run.script == Script::Han);
        let length: usize = han().map(|run| run.text.chars().count()).sum();
        if length > HOMOPHONES_MAX {
            return Ok(());
        }
        let rare = self.searcher.num_docs() / 2_000;
        for run in han() {
            for pair in pairs(&run.text) {
                let fields = self.fields;
                let points = self
                    .points(fields.head_grams, &pair)?
                    .max(self.points(fields.text_grams, &pair)?);
                if points > rare {
                    continue;
                }
                if let Some(syllables) = usual(&pair) {
                    plan.look_for(fields.pinyin, &syllables.join(" "), HOMOPHONE);
                    let form = Form::Pinyin(syllables.concat());
                    plan.explain(Reason::Homophone, &pair, form);
                }
            }
            for word in words_of_run(&run.text) {
                if self.points_with_word(&word)? == 0
                    && let Some(syllables) = usual(&word)
                {
                    let sound = syllables.concat();
                    plan.look_for(self.fields.pinyin, &sound, HOMOPHONE);
                    plan.explain(Reason::Homophone, &word, Form::Pinyin(sound));
                }
            }
        }
        Ok(())
    }

    /// Looks for letters as pinyin. Whether points have all of it.
    fn pinyin_of(&self, plan: &mut Plan, letters: &str, factor: f32) -> Result<bool, Error> {
        let field = self.fields.pinyin;
        let mut is_known = self.points(field, letters)? > 0;
        if is_known {
            plan.look_for(field, letters, WORD_IN_PINYIN * factor);
            plan.explain(Reason::Pinyin, letters, Form::Pinyin(letters.to_owned()));
        }
        for few in [true, false] {
            let Some(reading) = split(letters, few) else {
                continue;
            };
            // More than a quarter of the letters left over: these were not meant as syllables.
            if reading.left_over * 4 > letters.len() {
                continue;
            }
            let mut has_all = reading.left_over == 0;
            for part in &reading.parts {
                if let [only] = part.as_slice()
                    && reading.parts.len() == 1
                {
                    plan.look_for(field, only, SYLLABLE * factor);
                    plan.explain(Reason::Pinyin, only, Form::Pinyin(only.clone()));
                }
                let couples: Vec<String> = part
                    .iter()
                    .zip(part.iter().skip(1))
                    .map(|(a, b)| format!("{a} {b}"))
                    .collect();
                for couple in &couples {
                    has_all &= self.points(field, couple)? > 0;
                    plan.look_for(field, couple, SYLLABLES * factor);
                    plan.explain(
                        Reason::Pinyin,
                        letters,
                        Form::Pinyin(couple.replace(' ', "")),
                    );
                }
                if couples.len() > 1 {
                    plan.clauses.push(Clause {
                        all: couples.into_iter().map(|couple| (field, couple)).collect(),
                        weight: SYLLABLES * factor,
                    });
                }
            }
            is_known |= has_all;
        }
        Ok(is_known)
    }

    fn initials_of(&self, plan: &mut Plan, letters: &str, factor: f32) {
        let field = self.fields.initials;
        let reads = split(letters, true).is_some_and(|reading| reading.left_over == 0);
        let weight = INITIALS * factor * if reads { LESS_LIKELY } else { 1.0 };
        if letters.len() > 16 || reads && letters.len() > INITIALS_MAX {
            return;
        }
        plan.look_for(field, &format!("{WHOLE_WORD}{letters}"), weight);
        let windows: Vec<&str> = if letters.len() <= INITIALS_MAX {
            vec![letters]
        } else {
            (0..=letters.len() - INITIALS_MAX)
                .filter_map(|start| letters.get(start..start + INITIALS_MAX))
                .collect()
        };
        plan.clauses.push(Clause {
            all: windows
                .into_iter()
                .map(|part| (field, part.to_owned()))
                .collect(),
            weight,
        });
        plan.explain(
            Reason::Initials,
            letters,
            Form::Initials(letters.to_owned()),
        );
    }

    fn mistyped(&self, plan: &mut Plan, letters: &str) -> Result<(), Error> {
        let fields = self.fields;
        for field in [fields.title, fields.questions, fields.text] {
            for near in self.near(field, letters)? {
                plan.look_for(field, &near, TYPO);
                plan.explain(Reason::Typo, letters, Form::Text(near));
            }
        }
        if is_typed(letters) {
            for near in self.near(fields.pinyin, letters)? {
                plan.look_for(fields.pinyin, &near, TYPO);
                plan.explain(Reason::Typo, letters, Form::Pinyin(near));
            }
        }
        Ok(())
    }
}
