//! How the index is laid out, and the edge between our types and the engine's.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions, Value as _,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{TantivyDocument, Term};

use crate::analysis::{View, tokens};
use crate::document::Document;
use crate::error::Error;

/// Goes up when the layout or the analysis changes: an index of another format is built anew.
pub(crate) const FORMAT: u32 = 1;

/// The columns that filters read, by name.
pub(crate) const UNIT: &str = "unit";
pub(crate) const KIND: &str = "kind";
pub(crate) const DISTRICT: &str = "district";
pub(crate) const STATUS: &str = "status";
pub(crate) const VALID_FROM: &str = "valid_from";
pub(crate) const VALID_UNTIL: &str = "valid_until";
pub(crate) const TIE: &str = "tie";

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) version: Field,
    /// Words of the title, and the title.
    pub(crate) title: Field,
    /// Words of the questions, and the questions.
    pub(crate) questions: Field,
    /// Words of body and answers.
    pub(crate) text: Field,
    /// Grams of title and questions.
    pub(crate) head_grams: Field,
    /// Grams of body and answers.
    pub(crate) text_grams: Field,
    /// Pinyin of title and questions.
    pub(crate) pinyin: Field,
    /// Initials of title and questions.
    pub(crate) initials: Field,
    body: Field,
    answers: Field,
    unit: Field,
    kind: Field,
    district: Field,
    status: Field,
    valid_from: Field,
    valid_until: Field,
    tie: Field,
}

/// What a hit shows.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) title: String,
    pub(crate) questions: Vec<String>,
    pub(crate) body: String,
    pub(crate) answers: Vec<String>,
}

impl Fields {
    /// The schema and its fields.
    pub(crate) fn new() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let analysed = |view: View, record| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(name(view))
                    .set_index_option(record),
            )
        };
        let scored = IndexRecordOption::WithFreqs;
        let label = || TextOptions::default().set_fast("raw");
        let fields = Self {
            id: schema.add_text_field("id", STRING | STORED),
            version: schema.add_u64_field("version", STORED),
            title: schema.add_text_field("title", analysed(View::Words, scored) | STORED),
            questions: schema.add_text_field("questions", analysed(View::Words, scored) | STORED),
            text: schema.add_text_field("text", analysed(View::Words, scored)),
            head_grams: schema.add_text_field("head_grams", analysed(View::Grams, scored)),
            text_grams: schema.add_text_field("text_grams", analysed(View::Grams, scored)),
            pinyin: schema
                .add_text_field("pinyin", analysed(View::Pinyin, IndexRecordOption::Basic)),
            initials: schema.add_text_field(
                "initials",
                analysed(View::Initials, IndexRecordOption::Basic),
            ),
            body: schema.add_text_field("body", STORED),
            answers: schema.add_text_field("answers", STORED),
            unit: schema.add_text_field(UNIT, label()),
            kind: schema.add_text_field(KIND, label()),
            district: schema.add_text_field(DISTRICT, label()),
            status: schema.add_u64_field(STATUS, FAST),
            valid_from: schema.add_i64_field(VALID_FROM, FAST),
            valid_until: schema.add_i64_field(VALID_UNTIL, FAST | INDEXED),
            tie: schema.add_u64_field(TIE, FAST),
        };
        (schema.build(), fields)
    }

    /// The engine's form of a point.
    ///
    /// # Errors
    ///
    /// `Error::Document` when a point has no id, or one that the engine cannot hold.
    pub(crate) fn document(&self, point: &Document) -> Result<TantivyDocument, Error> {
        let refused = |reason| Error::Document {
            id: point.id.clone(),
            reason,
        };
        if point.id.is_empty() {
            return Err(refused("it has no id"));
        }
        if [&point.id, &point.unit, &point.kind]
            .into_iter()
            .chain(&point.districts)
            .any(|label| label.len() > 1_000)
        {
            return Err(refused(
                "id, unit, kind and district have at most 1,000 bytes",
            ));
        }
        let mut document = TantivyDocument::new();
        document.add_text(self.id, &point.id);
        document.add_u64(self.version, point.version);
        document.add_text(self.title, &point.title);
        self.head(&mut document, &point.title);
        for question in &point.questions {
            document.add_text(self.questions, question);
            self.head(&mut document, question);
        }
        document.add_text(self.body, &point.body);
        for answer in &point.answers {
            document.add_text(self.answers, answer);
        }
        for text in std::iter::once(&point.body).chain(&point.answers) {
            document.add_text(self.text, text);
            document.add_text(self.text_grams, text);
        }
        document.add_text(self.unit, &point.unit);
        document.add_text(self.kind, &point.kind);
        // A point without a district has no entry in the column: it holds everywhere.
        for district in &point.districts {
            document.add_text(self.district, district);
        }
        document.add_u64(self.status, point.status.code());
        let millis = |at: Option<chrono::DateTime<chrono::Utc>>, open: i64| {
            at.map_or(open, |at| at.timestamp_millis())
        };
        document.add_i64(self.valid_from, millis(point.valid_from, i64::MIN));
        document.add_i64(self.valid_until, millis(point.valid_until, i64::MAX));
        document.add_u64(self.tie, tie(&point.id));
        Ok(document)
    }

    /// The term that finds a point by its id.
    pub(crate) fn id_term(&self, id: &str) -> Term {
        Term::from_field_text(self.id, id)
    }

    /// What is stored of a point.
    pub(crate) fn stored(&self, document: &TantivyDocument) -> Stored {
        let one = |field| {
            document
                .get_first(field)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let many = |field| {
            document
                .get_all(field)
                .filter_map(|value| value.as_str())
                .map(str::to_owned)
                .collect()
        };
        Stored {
            id: one(self.id),
            version: document
                .get_first(self.version)
                .and_then(|value| value.as_u64())
                .unwrap_or_default(),
            title: one(self.title),
            questions: many(self.questions),
            body: one(self.body),
            answers: many(self.answers),
        }
    }

    fn head(&self, document: &mut TantivyDocument, text: &str) {
        document.add_text(self.head_grams, text);
        document.add_text(self.pinyin, text);
        document.add_text(self.initials, text);
    }
}

/// The analysers of the schema.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for view in [View::Words, View::Grams, View::Pinyin, View::Initials] {
        manager.register(name(view), TextAnalyzer::from(Analyser(view)));
    }
    manager
}

/// A number out of an id that is the same everywhere: points of equal score keep one order.
pub(crate) fn tie(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn name(view: View) -> &'static str {
    match view {
        View::Words => "words",
        View::Grams => "grams",
        View::Pinyin => "pinyin",
        View::Initials => "initials",
    }
}

/// A view as the engine's analyser.
#[derive(Clone)]
struct Analyser(View);

impl Tokenizer for Analyser {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        Tokens {
            rest: tokens(text, self.0).into_iter(),
            token: Token::default(),
        }
    }
}

/// The tokens of one text, one after the other.
struct Tokens {
    rest: std::vec::IntoIter<String>,
    token: Token,
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some(text) = self.rest.next() else {
            return false;
        };
        self.token.text = text;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
