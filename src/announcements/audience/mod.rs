//! Audiences: whom an announcement is for, as a tree of conditions that reads as a sentence and can be checked by name.

mod form;
mod model;
mod reach;
mod store;
mod words;

pub use form::{Choices, Form, FormView};
pub use model::{Audience, Facts};
pub use reach::{Reach, Reached, Standing, reach};
pub use store::{Saved, forget, keep, saved};
pub use words::{Titles, sentence, titles};
