// One unit's templates, from linted sources to what a render needs.
#pragma once
#include "ilbud/render/template.hpp"
#include "template_fold.hpp"

namespace ilbud {

// Findings  note_incomplete, url_scheme, too_large: what only the unit's own files and settings decide
Template prepare_template(TemplateSources& sources, const Sender& sender, Locale locale, Kind kind,
                          std::shared_ptr<const Layout> layout, Findings& findings);
// `used` comes out: what the layout asks of a mail. Null if there is no layout.
std::shared_ptr<const Layout> prepare_layout(TemplateSources& sources, const Sender& sender, Locale locale, Kind kind,
                                             VarSet& used, Findings& findings);

// Where findings say a customer service's welcome message stands.
std::string message_place(const CustomerService& service, Locale locale);

}  // namespace ilbud
