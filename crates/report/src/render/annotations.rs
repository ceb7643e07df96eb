//! What the commands of runners have in common: one for each finding, worst first.
//!
//! Nothing but these lines is a command: text from outside is disarmed and escaped by the format.

/// What becomes of a text within a command.
pub(super) type Escape = fn(&str) -> String;

/// Properties of a command as they grow.
pub(super) struct Properties {
    pub(super) text: String,
    pub(super) between: &'static str,
    pub(super) escape: Escape,
}

impl Properties {
    pub(super) fn put(&mut self, name: &str, value: &str) {
        if !self.text.is_empty() {
            self.text.push_str(self.between);
        }
        self.text.push_str(&format!("{name}={}", (self.escape)(value)));
    }

    pub(super) fn number(&mut self, name: &str, number: Option<u32>) {
        if let Some(number) = number {
            self.put(name, &number.to_string());
        }
    }
}
