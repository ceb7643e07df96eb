//! Text that is no document of ours, but nearly: what it is, and which command gives a usable file.

use kerbsync_source::{Level, Problem, Source, Span, Text, text};

/// What a text nearly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextForm {
    /// `Name : value` lines, as PowerShell prints them on a screen. Long values are cut there, so it is refused.
    FormatList,
    /// A topology as text within something else, such as a here-string of a script.
    TopologyInText,
    /// `Get-CsTopology -AsXml` written without `.ToString()` (inferred: Microsoft's own help has the command).
    TopologyListing,
    /// The HTML report of a management cmdlet.
    ManagementLogHtml,
    /// What `dsquery` or `ldp` shows of the directory.
    DirectoryListing,
}

/// A hint about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHint {
    /// What it nearly is.
    pub form: TextForm,
    /// Where that shows, in the decoded text.
    pub span: Span,
    message: Text,
    help: Text,
}

impl TextHint {
    /// What was found.
    #[must_use]
    pub fn message(&self) -> &Text {
        &self.message
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> &Text {
        &self.help
    }

    /// The hint as a problem of its file.
    #[must_use]
    pub fn to_problem(&self, source: &Source) -> Problem {
        let code = match self.form {
            TextForm::FormatList => "format-list",
            TextForm::TopologyInText => "topology-in-text",
            TextForm::TopologyListing => "topology-listing",
            TextForm::ManagementLogHtml => "html-report",
            TextForm::DirectoryListing => "directory-listing",
        };
        Problem {
            level: Level::Error,
            code,
            document: source.document(),
            location: Some(source.location(self.span)),
            message: self.message.clone(),
            help: Some(self.help.clone()),
        }
    }
}

/// Looks at a text that no reader takes (HTML, or anything that is neither XML, JSON, CSV nor LDIF).
#[must_use]
pub fn text_hint(text: &str) -> Option<TextHint> {
    html_report(text)
        .or_else(|| topology_in_text(text))
        .or_else(|| topology_listing(text))
        .or_else(|| format_list(text))
        .or_else(|| directory_listing(text))
}

fn html_report(text: &str) -> Option<TextHint> {
    let start = text.trim_start();
    let head = start.get(..floor(start, 4096))?.to_ascii_lowercase();
    if !(head.starts_with("<!doctype html") || head.starts_with("<html")) || !head.contains("deployment log") {
        return None;
    }
    let at = text.len() - start.len();
    Some(TextHint {
        form: TextForm::ManagementLogHtml,
        span: Span::new(at, at + 1),
        message: "This is the HTML report of a management cmdlet; its times are local and its layout is for people.".into(),
        help: "Give the XML report of the same name, which the cmdlet writes beside it.".into(),
    })
}

/// The greatest character boundary up to `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// `<Topology …>` or `<TopologyBuilder …>` of the product somewhere within the text.
fn topology_in_text(text: &str) -> Option<TextHint> {
    if text.trim_start().starts_with('<') {
        return None;
    }
    let (at, _) = text.match_indices("<Topology").find(|(at, _)| {
        let rest = &text[*at..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        tag.contains("urn:schema:Microsoft.Rtc.Management.Deploy.")
    })?;
    Some(TextHint {
        form: TextForm::TopologyInText,
        span: Span::new(at, at + "<Topology".len()),
        message: "A topology begins here, within another text such as a script: it is not read.".into(),
        help: "Save the part from <Topology to </Topology> as a file of its own; better, export the live one with \
               (Get-CsTopology -AsXml).ToString() > topology.xml. In a script, $names are not filled in."
            .into(),
    })
}

/// What PowerShell prints for an XmlDocument: its properties, `xml` and `Topology`.
fn topology_listing(text: &str) -> Option<TextHint> {
    let mut lines = lines(text).filter(|(_, l)| !l.trim().is_empty()).take(8);
    let (at, line) = lines.find(|(_, line)| match line.split_once(" :") {
        Some((name, value)) => name.trim() == "Topology" && value.trim().starts_with("Topology"),
        // The head of a table: `xml   Topology` or `Topology` alone, over a row of hyphens.
        None => line.split_whitespace().eq(["xml", "Topology"]) || line.trim() == "Topology",
    })?;
    let table = !line.contains(" :");
    if table && !lines.next().is_some_and(|(_, l)| l.split_whitespace().all(|w| w.bytes().all(|b| b == b'-'))) {
        return None;
    }
    Some(TextHint {
        form: TextForm::TopologyListing,
        span: Span::new(at, at + line.trim_end().len()),
        message: "This is what PowerShell prints for the topology's XML object, not the XML itself.".into(),
        help: "Export it with (Get-CsTopology -AsXml).ToString() > topology.xml.".into(),
    })
}

/// Names in quotes, one a line, as `dsquery` prints them; or entries as `ldp` shows them, below words about the search.
fn directory_listing(text: &str) -> Option<TextHint> {
    let begins = |line: &str, with: &str| line.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
    let quoted = |line: &str| line.trim().strip_prefix('"').and_then(|l| l.strip_suffix('"')).is_some_and(|name| begins(name, "CN="));
    let mut lines = lines(text).filter(|(_, line)| !line.trim().is_empty()).take(50);
    let (at, first) = lines.next()?;
    let (span, message) = if quoted(first) {
        let message = "This is a list of names as dsquery prints it: it tells nothing else of the objects.";
        (Span::new(at, at + first.trim_end().len()), message)
    } else {
        let searched =
            |line: &str| ["ld = ldap_open", "Expanding base", "Getting ", "***Searching"].iter().any(|words| begins(line, words));
        let (at, line) = lines.find(|(_, line)| begins(line, "Dn: ")).filter(|_| searched(first))?;
        (
            Span::new(at, at + line.trim_end().len()),
            "This is what ldp shows on a screen: values are put into words in it, so it is not read.",
        )
    };
    let help =
        "Export the objects: ldifde -f accounts.ldf, or Get-ADComputer -Filter * -Properties * | Export-Clixml computers.xml.".into();
    Some(TextHint { form: TextForm::DirectoryListing, span, message: message.into(), help })
}

/// Lines with the offsets of their first bytes.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end_matches(['\r', '\n'])))
    })
}

/// Properties that tell which cmdlet printed a listing, and the command that gives a usable file.
const LISTINGS: &[(&str, &str)] = &[
    ("UserAccount", "Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml"),
    ("PoolFqdn", "Get-CsService | Export-Clixml services.xml"),
    ("ServiceId", "Get-CsService | Export-Clixml services.xml"),
    ("BackupPoolFqdn", "Get-CsPool | Export-Clixml pools.xml"),
    ("Computers", "Get-CsPool | Export-Clixml pools.xml"),
    ("SiteType", "Get-CsSite | Export-Clixml sites.xml"),
    ("DisplayName", "Get-CsSite | Export-Clixml sites.xml"),
    ("Pool", "Get-CsComputer | Export-Clixml computers.xml"),
    ("Clusters", "(Get-CsTopology -AsXml).ToString() > topology.xml"),
    ("SimpleUrl", "Get-CsSimpleUrlConfiguration | Export-Clixml simple-urls.xml"),
    ("DistinguishedName", "Get-ADComputer <name> -Properties * | Export-Clixml account.xml"),
];

/// The properties of a list, `Name : value` line by line.
fn names_of_list(text: &str) -> Vec<(usize, &str)> {
    let mut names: Vec<(usize, &str)> = Vec::new();
    for (at, line) in lines(text).take(200) {
        // PowerShell pads the name with at least one blank before the colon; LDIF and YAML have none there.
        let Some((name, _)) = line.split_once(" :") else { continue };
        let name = name.trim_end();
        if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            names.push((at, name));
        }
    }
    names
}

/// The properties of a table: a line of names over a line of as many rows of hyphens.
fn names_of_table(text: &str) -> Vec<(usize, &str)> {
    let mut lines = lines(text).filter(|(_, line)| !line.trim().is_empty()).take(8).peekable();
    while let Some((at, line)) = lines.next() {
        let under = lines.peek().map_or("", |(_, next)| next);
        let rows = under.split_whitespace();
        if !under.is_empty() && rows.clone().all(|row| row.bytes().all(|b| b == b'-')) && rows.count() == line.split_whitespace().count() {
            return line.split_whitespace().map(|name| (at, name)).collect();
        }
    }
    Vec::new()
}

fn format_list(text: &str) -> Option<TextHint> {
    let list = names_of_list(text);
    let names = if list.len() > 1 { list } else { names_of_table(text) };
    let known = |wanted: &str| names.iter().any(|(_, n)| n.eq_ignore_ascii_case(wanted));
    // At least two lines, one of them a property that objects of interest have.
    let (first, _) = *names.first()?;
    let command = LISTINGS.iter().find(|(property, _)| known(property)).map(|(_, command)| *command);
    if names.len() < 2 || (command.is_none() && !(known("Identity") || known("Fqdn"))) {
        return None;
    }
    let help = match command {
        Some(command) => text!("Export objects instead: {command}"),
        None => "Export objects instead: put '| Export-Clixml file.xml' behind the command.".into(),
    };
    Some(TextHint {
        form: TextForm::FormatList,
        span: Span::new(first, first + names[0].1.len()),
        message: "This is a listing as PowerShell prints it on a screen: long values are wrapped and cut in it, so it is not read.".into(),
        help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn shown(text: &str) -> String {
        let Some(hint) = text_hint(text) else { return "nothing".into() };
        let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
        format!("{:?}\n{}", hint.form, hint.to_problem(&source))
    }

    #[test]
    fn a_listing_is_refused_with_its_command() {
        insta::assert_snapshot!(shown("\r\nIdentity    : Site:Redmond\r\nUserAccount : CONTOSO\\KerbAuth\r\n"), @r"
        FormatList
        line 2, column 1 (byte 2): This is a listing as PowerShell prints it on a screen: long values are wrapped and cut in it, so it is not read. Export objects instead: Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml
        ");
        let table = "\r\nIdentity     UserAccount\r\n--------     -----------\r\nSite:Redmond CONTOSO\\KerbAuth\r\n";
        assert!(shown(table).starts_with("FormatList\nline 2, column 1"), "{}", shown(table));
        assert!(shown(table).contains("Get-CsKerberosAccountAssignment | Export-Clixml"));
        assert!(shown("Identity : WebServer:pool01.contoso.com\nPoolFqdn : pool01.contoso.com\n").contains("Get-CsService"));
    }

    #[test]
    fn a_topology_in_a_script_is_pointed_out() {
        let text = "$xml = @'\n<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"></Topology>\n'@\n";
        insta::assert_snapshot!(shown(text), @r"
        TopologyInText
        line 2, column 1 (byte 10): A topology begins here, within another text such as a script: it is not read. Save the part from <Topology to </Topology> as a file of its own; better, export the live one with (Get-CsTopology -AsXml).ToString() > topology.xml. In a script, $names are not filled in.
        ");
    }

    #[test]
    fn the_listing_of_an_xml_object_asks_for_to_string() {
        assert!(shown("\nxml      Topology\n---      --------\nversion  Topology\n").starts_with("TopologyListing"));
        assert!(shown("xml      : version=\"1.0\"\nTopology : Topology\n").contains(".ToString()"));
    }

    #[test]
    fn what_tools_show_of_the_directory_leads_to_an_export() {
        insta::assert_snapshot!(shown("\r\n\"CN=KerbAuth,CN=Computers,DC=contoso,DC=com\"\r\n"), @r#"
        DirectoryListing
        line 2, column 1 (byte 2): This is a list of names as dsquery prints it: it tells nothing else of the objects. Export the objects: ldifde -f accounts.ldf, or Get-ADComputer -Filter * -Properties * | Export-Clixml computers.xml.
        "#);
        let ldp = "ld = ldap_open(\"dc01\", 389);\nGetting 1 entries:\nDn: CN=KerbAuth,DC=contoso,DC=com\naccountExpires: 0 (never);\n";
        assert!(shown(ldp).starts_with("DirectoryListing\nline 3, column 1"), "{}", shown(ldp));
        for other in ["\"Redmond\"\n", "Getting ready\n", "Expanding base\ndn\n"] {
            assert_eq!(shown(other), "nothing");
        }
    }

    #[test]
    fn html_reports_lead_to_their_xml() {
        let text = "<!DOCTYPE HTML PUBLIC>\n<html><title>Skype for Business Server 2015 Deployment Log</title>";
        assert!(shown(text).starts_with("ManagementLogHtml"));
        assert_eq!(shown("<html><title>Holiday</title></html>"), "nothing");
    }

    #[test]
    fn other_texts_are_not_ours() {
        for text in [
            "",
            "hello world",
            "dn: CN=KERB,DC=contoso,DC=com\nobjectClass: computer\n",
            "name: value\nx: y",
            "a : b",
            "Apples Pears\n------ -----\n1 2\n",
            "Identity\n- -\n",
        ] {
            assert_eq!(shown(text), "nothing", "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_looked_at_without_panic(text in ".{0,200}") {
            let _ = text_hint(&text);
        }
    }
}
