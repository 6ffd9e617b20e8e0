//! What a message does: the same in a figure, for the page around, and in the whole page, for `window.rowlock`.

use super::scene::Scene;
use crate::browser;
use crate::state::Action;
use rowlock_engine::message::{Code, FromParent, Refusal, Settings, Value, What, get};
use yew::Callback;

impl Scene {
    /// Obeys a message; `set` takes settings of how a figure looks.
    ///
    /// # Errors
    /// When there is no such thing here.
    pub fn obey(
        &self,
        message: FromParent,
        dispatch: &Callback<Action>,
        set: impl FnOnce(&Settings) -> Result<(), Refusal>,
    ) -> Result<Value, Refusal> {
        let seek = |to: usize| dispatch.emit(Action::Seek(to));
        match message {
            FromParent::Hello { .. } => {}
            FromParent::Load { text, story, asks } => {
                dispatch.emit(Action::Open(text.into(), story, Box::new(asks)));
            }
            FromParent::Set(settings) => {
                set(&settings)?;
                if let Some(theme) = settings.theme {
                    browser::set_theme(theme.as_str());
                }
                if let Some(strategy) = settings.strategy {
                    dispatch.emit(Action::PickStrategy(strategy));
                }
                if let Some(isolation) = settings.isolation {
                    dispatch.emit(Action::PickIsolation(isolation));
                }
            }
            FromParent::Play if self.playing => {}
            FromParent::Pause if !self.playing => {}
            FromParent::Play | FromParent::Pause => dispatch.emit(Action::TogglePlay),
            FromParent::Next => seek(self.position + 1),
            FromParent::Prev => seek(self.position.saturating_sub(1)),
            FromParent::Seek { step } => seek(step),
            FromParent::Get(What::Url) => return Ok(Value::Text(self.link())),
            FromParent::Get(What::Text) => return Ok(Value::Text(self.text.to_string())),
            FromParent::Get(what) => {
                let address = browser::page_address();
                return get(what, &self.subject(&address), self.counts.as_ref());
            }
        }
        Ok(Value::Nothing)
    }
}

/// What a whole page says to settings of figures.
///
/// # Errors
/// When there are such settings.
pub fn no_figure(settings: &Settings) -> Result<(), Refusal> {
    if settings.edit.is_none() && settings.show.is_none() {
        return Ok(());
    }
    Err(Refusal {
        code: Code::NotAvailable,
        message: "`edit` and `show` are for embeds; this is the whole page.".to_owned(),
    })
}
