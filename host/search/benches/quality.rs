//! How often a question finds its own answer, against the baseline.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::Context as _;
use chrono::DateTime;
use search::{Config, Document, Index, Query, Status, Suggestion};

use crate::plain::Plain;
use crate::speed::worked;

/// How often the own answer was the first, and among the first five and ten.
#[derive(Default)]
struct Recall {
    asked: u32,
    first: u32,
    five: u32,
    ten: u32,
}

impl Recall {
    fn count(&mut self, place: Option<usize>) {
        self.asked += 1;
        self.first += u32::from(place.is_some_and(|place| place < 1));
        self.five += u32::from(place.is_some_and(|place| place < 5));
        self.ten += u32::from(place.is_some_and(|place| place < 10));
    }

    fn say(&self, who: &str) {
        let part = |count: u32| f64::from(count) / f64::from(self.asked.max(1));
        println!(
            "quality: {who}: recall@1 {:.3}, @5 {:.3}, @10 {:.3} of {} questions",
            part(self.first),
            part(self.five),
            part(self.ten),
            self.asked
        );
    }
}

pub(crate) fn run(file: &Path) -> anyhow::Result<()> {
    let pairs = read(file)?;
    let index = Index::in_memory(&Config::default())?;
    let points = pairs
        .iter()
        .enumerate()
        .map(|(place, (_, answer))| Document {
            id: place.to_string(),
            version: 1,
            title: String::new(),
            body: String::new(),
            questions: Vec::new(),
            answers: vec![answer.clone()],
            unit: "unit".into(),
            kind: "guide".into(),
            districts: Vec::new(),
            valid_from: None,
            valid_until: None,
            status: Status::Published,
        });
    let before = worked()?;
    index.rebuild(points, 1)?;
    let characters: usize = pairs.iter().map(|(_, answer)| answer.chars().count()).sum();
    println!(
        "quality: {} answers of {} characters indexed in {:.1} s of processor",
        pairs.len(),
        characters / pairs.len().max(1),
        (worked()? - before).as_secs_f64()
    );
    let mut plain = Plain::default();
    for (_, answer) in &pairs {
        plain.add(answer);
    }
    let (mut ours, mut suggested, mut theirs) =
        (Recall::default(), Recall::default(), Recall::default());
    for (place, (question, _)) in pairs.iter().enumerate() {
        let own = place.to_string();
        let find = |hits: &search::Hits| hits.hits.iter().position(|hit| hit.id == own);
        ours.count(find(&index.search(&Query::new(question))?));
        suggested.count(find(&index.suggest(&Suggestion {
            text: question.clone(),
            district: None,
            at: DateTime::UNIX_EPOCH,
            limit: 10,
        })?));
        theirs.count(
            plain
                .search(question, 10)
                .iter()
                .position(|found| *found == place),
        );
    }
    ours.say("search");
    suggested.say("suggest");
    theirs.say("plain BM25 over characters");
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let shown = file.display();
    let lines = BufReader::new(File::open(file).with_context(|| format!("open {shown}"))?).lines();
    let mut pairs = Vec::new();
    for (place, line) in lines.enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let pair: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("{shown}, line {}", place + 1))?;
        let text = |name: &str| {
            pair.get(name)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let (question, answer) = (text("question"), text("answer"));
        // Half a pair has nothing to find.
        if !question.is_empty() && !answer.is_empty() {
            pairs.push((question, answer));
        }
    }
    Ok(pairs)
}
