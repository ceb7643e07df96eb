//! The forms in which a deployment can arrive, each with its usual files.

use crate::{
    BuilderOptions, ConfigurationError, Deployment, Encoding, LineEnd, Listing, assignments_document, builder, clixml,
    configuration_export, csv, encode, json, listing, published,
};

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `Get-CsTopology -AsXml`, redirected to a file: UTF-16.
    Published,
    /// A Topology Builder file of a published topology.
    Builder,
    /// A Topology Builder file of a draft that was never published.
    Draft,
    /// The zip of Export-CsConfiguration (its inside is inferred). Holds the assignments too.
    Configuration,
    /// The assignments as a document of the Central Management store (inferred). Holds nothing else.
    Assignments,
    /// Export-Clixml of Get-CsSite, Get-CsPool, Get-CsComputer, Get-CsService -WebServer and Get-CsKerberosAccountAssignment.
    Clixml,
    /// ConvertTo-Json of the same.
    Json,
    /// Export-Csv of the same, collections joined as careful users do.
    Csv,
}

/// A name that no form has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no form '{0}'; the forms are: {known}", known = Form::ALL.map(Form::name).join(", "))]
pub struct UnknownForm(pub String);

impl std::str::FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        let found = Self::ALL.into_iter().find(|f| f.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| UnknownForm(text.to_owned()))
    }
}

impl Form {
    /// All.
    pub const ALL: [Self; 8] =
        [Self::Published, Self::Builder, Self::Draft, Self::Configuration, Self::Assignments, Self::Clixml, Self::Json, Self::Csv];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Builder => "tbxml",
            Self::Draft => "tbxml-draft",
            Self::Configuration => "configuration",
            Self::Assignments => "assignments",
            Self::Clixml => "clixml",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// Whether it holds sites, pools and computers.
    #[must_use]
    pub const fn holds_topology(self) -> bool {
        !matches!(self, Self::Assignments)
    }

    /// Whether it holds the assignments.
    #[must_use]
    pub const fn holds_assignments(self) -> bool {
        !matches!(self, Self::Published | Self::Builder | Self::Draft)
    }

    /// The files of a deployment in this form: usual name and bytes. One file, or one per cmdlet.
    ///
    /// # Errors
    /// When an archive cannot be packed.
    pub fn files(self, deployment: &Deployment) -> Result<Vec<(String, Vec<u8>)>, ConfigurationError> {
        let one = |name: &str, bytes: Vec<u8>| Ok(vec![(name.to_owned(), bytes)]);
        let tbxml = |published| {
            let options = BuilderOptions { published, original: None, file_name: r"C:\Users\olivia\Documents\Contoso.tbxml" };
            encode(&builder(deployment, &options), Encoding::Utf8Bom, LineEnd::CrLf)
        };
        let each = |end: &str, encoding: Encoding, write: &dyn Fn(&[crate::objects::Object]) -> String| {
            let files = LISTINGS.iter().map(|(what, name)| {
                let text = write(&listing(deployment, *what));
                (format!("{name}.{end}"), encode(&text, encoding, LineEnd::CrLf))
            });
            // a cmdlet that puts out nothing leaves no file that says anything
            Ok(files.filter(|(_, bytes)| bytes.len() > 4).collect())
        };
        match self {
            Self::Published => one("DefaultTopology.xml", encode(&published(deployment), Encoding::Utf16Le, LineEnd::CrLf)),
            Self::Builder => one("Contoso.tbxml", tbxml(true)),
            Self::Draft => one("Contoso-draft.tbxml", tbxml(false)),
            Self::Configuration => one("configuration.zip", configuration_export(deployment)?),
            Self::Assignments => {
                one("KerberosAccountAssignment.xml", encode(&assignments_document(deployment), Encoding::Utf8, LineEnd::CrLf))
            }
            Self::Clixml => each("xml", Encoding::Utf16Le, &clixml),
            Self::Json => each("json", Encoding::Utf8Bom, &json),
            Self::Csv => each("csv", Encoding::Utf8, &|objects| csv(objects, ',', true, Some("; "))),
        }
    }
}

const LISTINGS: [(Listing, &str); 5] = [
    (Listing::Sites, "CsSite"),
    (Listing::Pools, "CsPool"),
    (Listing::Computers, "CsComputer"),
    (Listing::WebServices, "CsService-WebServer"),
    (Listing::Assignments, "CsKerberosAccountAssignment"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for form in Form::ALL {
            assert_eq!(form.name().parse(), Ok(form));
        }
        assert_eq!(
            "xls".parse::<Form>().unwrap_err().to_string(),
            "there is no form 'xls'; the forms are: published, tbxml, tbxml-draft, configuration, assignments, clixml, json, csv"
        );
    }
}
