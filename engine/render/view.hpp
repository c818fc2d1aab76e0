// What a template sees of a mail: only the variables it uses, each made once.
#pragma once
#include "ilbud/render/render.hpp"
#include "mstch_renderer.hpp"

namespace ilbud {

// Borrowed for one render.
struct ViewInput {
    const PlannedMail& mail;
    const Event& event;
    const Unit& unit;
    const CustomerService& service;
    const Template& prepared;
    const std::vector<InvoicingMethod>& methods;
};

// Fields by variable_key, which of the mail's own variables have a value, and how many elements the longest list has. False if
// the event makes no mail of that kind.
struct View {
    Fields fields;
    VarSet present;
    std::size_t items = 0;
};
bool make_view(const ViewInput& input, View& view);

// Renders with the examples of the table of variables, two elements in every list: a trial at load.
void render_example(const Template& prepared);

}  // namespace ilbud
