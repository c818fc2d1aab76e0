#include "html.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "ilbud/base/id.hpp"
#include "ilbud/render/escape.hpp"

namespace ilbud {
namespace {

constexpr std::string_view style = R"(<style>
:root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--ink:#1c2024;--soft:#5f6873;--rule:#e1e5ea;--link:#0b5cad;--warn:#8a4b00;--warn-ground:#fff4e0;--good:#1a6b43;--shade:#e9ecf0}
@media (prefers-color-scheme:dark){:root{--ground:#131518;--card:#1c1f23;--ink:#e9ebee;--soft:#9aa4af;--rule:#30353b;--link:#8fc1ff;--warn:#ffc46b;--warn-ground:#33270f;--good:#6fd3a0;--shade:#25292e}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
h1{margin:0;font-size:24px;line-height:1.3;letter-spacing:-.01em;font-weight:650}
h2{margin:0 0 14px;font-size:16px;font-weight:650}
h3{margin:0;font-size:14px;font-weight:600}
main{margin:0 auto;padding:32px 24px 64px;max-width:1260px}
section{margin-top:20px;padding:20px 22px;background:var(--card);border:1px solid var(--rule);border-radius:10px}
.soft{color:var(--soft)}
.trail{margin:0 0 14px;color:var(--soft);font-size:13px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 22px;margin:0}
dt{color:var(--soft)}dd{margin:0}
.inbox{display:grid;grid-template-columns:40px 1fr;gap:0 14px;align-items:start}
.inbox i{width:40px;height:40px;border-radius:50%;background:var(--shade);color:var(--soft);font-size:17px;line-height:40px;font-weight:600;font-style:normal;text-align:center}
.inbox p{margin:2px 0 0;color:var(--soft);overflow:hidden;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.inbox .who{color:var(--ink);font-weight:600}
.findings{margin:0;padding:0;list-style:none}
.findings li{padding:9px 12px;border-radius:7px;background:var(--shade);margin-top:8px}
.findings li:first-child{margin-top:0}.findings .warning{background:var(--warn-ground);color:var(--warn)}
.findings b{font-weight:650}.fine{color:var(--good);margin:0}
.pick{display:inline-flex;border:1px solid var(--rule);border-radius:8px;overflow:hidden;background:var(--card)}
.pick label{cursor:pointer}.pick span{display:block;padding:5px 14px;font-size:14px;color:var(--soft)}
.pick input{position:absolute;opacity:0;pointer-events:none}.pick input:checked+span{background:var(--shade);color:var(--ink);font-weight:600}
.pick input:focus-visible+span{outline:2px solid var(--link);outline-offset:-2px}
iframe{display:block;border:0;background:#fff}
.light{color-scheme:light}.dark{color-scheme:dark;background:#121212}
.bench{display:flex;gap:28px;align-items:flex-start;overflow-x:auto;padding:0 0 6px;margin-top:16px}
.bench figure{margin:0;flex:none}.bench figcaption{font-size:13px;color:var(--soft);margin:0 0 8px}
.bench iframe{height:780px;border:1px solid var(--rule);border-radius:12px}
.phone iframe{width:375px;border-radius:26px}.desk iframe{width:760px}
body:has(#look-light:checked) .bench.in-dark,body:has(#look-dark:checked) .bench.in-light{display:none}
pre{margin:0;font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap}
pre.text{max-width:80ch}
table.fields{border-collapse:collapse;width:100%;font-size:14px}
.fields td{padding:7px 0;border-top:1px solid var(--rule);vertical-align:top}.fields tr:first-child td{border-top:0}
.fields td:first-child{width:13em;padding-right:18px;color:var(--soft);white-space:nowrap}
.fields code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
summary{cursor:pointer;font-size:16px;font-weight:650}details[open] summary{margin-bottom:14px}
@media (max-width:640px){main{padding:20px 14px 48px}section{padding:16px}h1{font-size:21px}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 10px}.fields tr{display:block;border-top:1px solid var(--rule);padding:7px 0}.fields tr:first-child{border:0}.fields td{display:block;border:0;padding:0}.phone iframe{width:min(375px,calc(100vw - 62px))}}
.top{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;justify-content:space-between;margin-bottom:8px}.top h2{margin:0}
.filter{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:10px 14px;align-items:center;padding:12px 0;margin:14px 0 0;background:var(--ground);border-bottom:1px solid var(--rule)}
.filter input[type=search],.filter select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:6px 10px;min-width:0}
.filter input[type=search]{flex:1 1 220px;max-width:340px}.filter .only{display:flex;gap:7px;align-items:center;font-size:14px}
.filter output{margin-left:auto;color:var(--soft);font-size:14px}
.gallery{max-width:none}.kind{background:none;border:0;padding:0;margin-top:34px}.kind h2{font-size:19px;margin:0 0 4px}
.row{padding:14px 0 18px;border-top:1px solid var(--rule)}.row h3{margin:0 0 10px}.row h3 small{font-weight:400;color:var(--soft);margin-left:8px;font-size:13px}
.cells{display:flex;gap:18px;overflow-x:auto;padding:1px 1px 4px}
.cell{flex:none;width:218px;background:var(--card);border:1px solid var(--rule);border-radius:10px;overflow:hidden;display:flex;flex-direction:column}
.thumb{position:relative;height:240px;overflow:hidden;border-bottom:1px solid var(--rule);background:var(--shade)}
.thumb iframe{width:640px;height:712px;transform:scale(.3375);transform-origin:0 0;pointer-events:none}
.thumb a{position:absolute;inset:0}.thumb a:focus-visible{outline:3px solid var(--link);outline-offset:-3px}
.cell:hover{border-color:var(--soft)}
body:has(#look-dark:checked) .thumb iframe{color-scheme:dark;background:#121212}body:has(#look-light:checked) .thumb iframe{color-scheme:light}
.cell div.about{padding:10px 12px 12px;font-size:13px;line-height:1.4;display:flex;flex-direction:column;gap:4px;flex:1}
.about .language{color:var(--soft);font-size:12px}.about .subject{font-weight:600;font-size:13.5px;display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}.about .links{margin-top:auto;padding-top:4px;display:flex;gap:12px}
.badge{display:inline-block;border-radius:5px;padding:1px 7px;font-size:12px;background:var(--warn-ground);color:var(--warn)}
.badge.remark{background:var(--shade);color:var(--soft)}
@media (max-width:640px){.filter{position:static}}
@media (min-width:1420px){.cell{width:256px}.thumb{height:282px}.thumb iframe{transform:scale(.396875)}}
.none{margin:0;color:var(--soft);max-width:70ch}
[hidden]{display:none!important}
</style>)";

}  // namespace

std::string html_safe(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) append_html_character(out, c);
    return out;
}

std::string page_head(std::string_view title, std::string_view script) {
    std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    // Frames inherit this: nothing that a mail names is fetched, and no script of its own runs.
    out +=
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'none'; base-uri 'none'";
    if (!script.empty()) {
        const auto digest = sha256(script);
        out += "; script-src 'sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'";
    }
    out +=
        "\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"referrer\" "
        "content=\"no-referrer\">\n";
    out += preview_marker;
    out += "\n<title>" + html_safe(title) + "</title>\n";
    out += style;
    return out + "\n</head>\n<body>\n";
}

std::string mail_frame(std::string_view html, Appearance appearance, std::string_view title, bool lazy) {
    // A link then opens a window, which the sandbox forbids: the frame stays at the mail.
    constexpr std::string_view inert = "<base target=\"_blank\">";
    std::string shown(html);
    if (const auto head = shown.find("<head>"); head != std::string::npos) shown.insert(head + 6, inert);
    std::string out = "<iframe sandbox title=\"" + html_safe(title) + "\"";
    if (appearance != Appearance::page) out += appearance == Appearance::dark ? " class=\"dark\"" : " class=\"light\"";
    if (lazy) out += " loading=\"lazy\" tabindex=\"-1\"";
    return out + " srcdoc=\"" + html_safe(shown) + "\"></iframe>";
}

std::string_view own_name(Locale locale) {
    constexpr std::array<std::string_view, words<Locale>.size()> names{"Dansk", "Norsk", "Svenska", "English", "Deutsch"};
    return names[static_cast<std::size_t>(locale)];
}

std::string_view title_of(Kind kind) {
    constexpr std::array<std::string_view, kind_count> titles{
        "Confirmation request", "Welcome", "Stopped", "Cancelled", "Receipt", "Invoice", "Notice to the publisher"};
    return titles[static_cast<std::size_t>(kind)];
}

std::string look_choice(std::string_view id, std::string_view text, bool checked) {
    return "<label><input type=\"radio\" name=\"look\" id=\"look-" + std::string(id) + "\"" + (checked ? " checked" : "") +
           "><span>" + std::string(text) + "</span></label>";
}

std::string size_text(std::size_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " bytes";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f KB", static_cast<double>(bytes) / 1024);
    return text;
}

}  // namespace ilbud
