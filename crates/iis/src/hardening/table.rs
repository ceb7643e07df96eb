//! The settings that are read, and what holds where no file says anything: the same in the schemas of IIS 8.x and 10, unless they vary.

/// Where a setting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// In a section of `system.webServer`, inherited through locations.
    Section,
    /// In a `site`, with `siteDefaults` behind it.
    Site,
    /// In an application pool, with `applicationPoolDefaults` behind it.
    Pool,
    /// In another section of `system.applicationHost`: of the whole server.
    Host,
}

/// How a value is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// An attribute, with its default.
    Attribute(&'static str, &'static str),
    /// The items of a collection: the attributes that make its key, joined by `:`.
    Collection { add: &'static str, remove: &'static str, keys: &'static [&'static str] },
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) level: Level,
    /// The section below `system.webServer`, or nothing.
    pub(super) section: &'static [&'static str],
    /// Elements below section, site or pool.
    pub(super) elements: &'static [&'static str],
    pub(super) value: Value,
    /// Whether versions of IIS have different defaults.
    pub(super) varies: bool,
}

const fn section(name: &'static str, section: &'static [&'static str], elements: &'static [&'static str], value: Value) -> Wanted {
    Wanted { name, level: Level::Section, section, elements, value, varies: false }
}

const fn below(name: &'static str, level: Level, elements: &'static [&'static str], value: Value) -> Wanted {
    Wanted { name, level, section: &[], elements, value, varies: false }
}

/// A setting that only newer versions have, or that has another default in them.
const fn varying(wanted: Wanted) -> Wanted {
    Wanted { varies: true, ..wanted }
}

const fn list(keys: &'static [&'static str]) -> Value {
    Value::Collection { add: "add", remove: "remove", keys }
}

const LOG_FIELDS: &str = "Date, Time, ClientIP, UserName, ServerIP, Method, UriStem, UriQuery, TimeTaken, HttpStatus, Win32Status, ServerPort, UserAgent, HttpSubStatus, Referer";
/// IIS 8.x logs fewer of them; what both log.
const RECYCLE_EVENTS: &str = "Time, Memory, PrivateMemory";

use Value::Attribute;

/// Every setting that is read.
pub(super) const WANTED: &[Wanted] = &[
    below("log@centralLogFileMode", Level::Host, &["log"], Attribute("centralLogFileMode", "Site")),
    below("site/logFile@enabled", Level::Site, &["logFile"], Attribute("enabled", "true")),
    below("site/logFile@logTargetW3C", Level::Site, &["logFile"], Attribute("logTargetW3C", "File")),
    below("site/logFile@logFormat", Level::Site, &["logFile"], Attribute("logFormat", "W3C")),
    below("site/logFile@logExtFileFlags", Level::Site, &["logFile"], Attribute("logExtFileFlags", LOG_FIELDS)),
    below("site/logFile/customFields", Level::Site, &["logFile", "customFields"], list(&["sourceType", "sourceName"])),
    below("site/limits@maxConnections", Level::Site, &["limits"], Attribute("maxConnections", "4294967295")),
    varying(below("site/hsts@enabled", Level::Site, &["hsts"], Attribute("enabled", "false"))),
    varying(below("site/hsts@max-age", Level::Site, &["hsts"], Attribute("max-age", "0"))),
    varying(below("site/hsts@includeSubDomains", Level::Site, &["hsts"], Attribute("includeSubDomains", "false"))),
    varying(below("site/hsts@redirectHttpToHttps", Level::Site, &["hsts"], Attribute("redirectHttpToHttps", "false"))),
    below(
        "site/bindings",
        Level::Site,
        &["bindings"],
        Value::Collection { add: "binding", remove: "", keys: &["protocol", "bindingInformation"] },
    ),
    section("proxy@enabled", &["proxy"], &[], Attribute("enabled", "false")),
    section(
        "staticContent/mimeMap",
        &["staticContent"],
        &[],
        Value::Collection { add: "mimeMap", remove: "remove", keys: &["fileExtension"] },
    ),
    section("directoryBrowse@enabled", &["directoryBrowse"], &[], Attribute("enabled", "false")),
    section("httpErrors@errorMode", &["httpErrors"], &[], Attribute("errorMode", "DetailedLocalOnly")),
    section("asp/session@keepSessionIdSecure", &["asp"], &["session"], Attribute("keepSessionIdSecure", "true")),
    section(
        "isapiCgiRestriction@notListedIsapisAllowed",
        &["security", "isapiCgiRestriction"],
        &[],
        Attribute("notListedIsapisAllowed", "false"),
    ),
    section(
        "isapiCgiRestriction@notListedCgisAllowed",
        &["security", "isapiCgiRestriction"],
        &[],
        Attribute("notListedCgisAllowed", "false"),
    ),
    section("httpProtocol/customHeaders", &["httpProtocol"], &["customHeaders"], list(&["name"])),
    section("access@sslFlags", &["security", "access"], &[], Attribute("sslFlags", "None")),
    section("requestLimits@maxUrl", &["security", "requestFiltering"], &["requestLimits"], Attribute("maxUrl", "4096")),
    section("requestLimits@maxQueryString", &["security", "requestFiltering"], &["requestLimits"], Attribute("maxQueryString", "2048")),
    section(
        "requestLimits@maxAllowedContentLength",
        &["security", "requestFiltering"],
        &["requestLimits"],
        Attribute("maxAllowedContentLength", "30000000"),
    ),
    section("requestFiltering@allowHighBitCharacters", &["security", "requestFiltering"], &[], Attribute("allowHighBitCharacters", "true")),
    section("requestFiltering@allowDoubleEscaping", &["security", "requestFiltering"], &[], Attribute("allowDoubleEscaping", "false")),
    section("fileExtensions@allowUnlisted", &["security", "requestFiltering"], &["fileExtensions"], Attribute("allowUnlisted", "true")),
    section(
        "anonymousAuthentication@userName",
        &["security", "authentication", "anonymousAuthentication"],
        &[],
        Attribute("userName", "IUSR"),
    ),
    section(
        "anonymousAuthentication@enabled",
        &["security", "authentication", "anonymousAuthentication"],
        &[],
        Attribute("enabled", "true"),
    ),
    section("httpLogging@dontLog", &["httpLogging"], &[], Attribute("dontLog", "false")),
    section("modules", &["modules"], &[], list(&["name"])),
    section(
        "extendedProtection@tokenChecking",
        &["security", "authentication", "windowsAuthentication"],
        &["extendedProtection"],
        Attribute("tokenChecking", "None"),
    ),
    section(
        "extendedProtection@flags",
        &["security", "authentication", "windowsAuthentication"],
        &["extendedProtection"],
        Attribute("flags", "None"),
    ),
    section("globalModules", &["globalModules"], &[], list(&["name", "image"])),
    below("pool/processModel@idleTimeout", Level::Pool, &["processModel"], Attribute("idleTimeout", "00:20:00")),
    below("pool/recycling/periodicRestart@requests", Level::Pool, &["recycling", "periodicRestart"], Attribute("requests", "0")),
    varying(below("pool/recycling@logEventOnRecycle", Level::Pool, &["recycling"], Attribute("logEventOnRecycle", RECYCLE_EVENTS))),
    below("pool/failure@rapidFailProtection", Level::Pool, &["failure"], Attribute("rapidFailProtection", "true")),
    below("pool/failure@rapidFailProtectionInterval", Level::Pool, &["failure"], Attribute("rapidFailProtectionInterval", "00:05:00")),
];
