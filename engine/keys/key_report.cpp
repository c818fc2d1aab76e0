// The same JSON whether the daemon answers or the shelf is read without one (`running` says which), so that a script need
// not care. Times that are not set are left out. Only file names and records are within reach here: no private key can
// get into it.
#include "ilbud/keys/key_report.hpp"

#include <algorithm>
#include <set>

#include "ilbud/base/address.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/keys/key_publisher.hpp"
#include "ilbud/sign/signing_book.hpp"

namespace ilbud {
namespace {

const DkimSelector& selector_of(const Platform& platform, int slot) {
    return platform.dkim.selectors.at(static_cast<std::size_t>(slot));
}

void write_time(JsonWriter& json, std::string_view name, const std::optional<Time>& time) {
    if (time) json.field(name, to_text(*time));
}

void write_names(JsonWriter& json, std::string_view name, const std::vector<std::string>& names) {
    json.key(name).begin_array();
    for (const auto& one : names) json.value(one);
    json.end_array();
}

// Before the watch has read its state the figures are zeros that mean nothing. They would read as "no domain shows the
// key".
void write_coverage(JsonWriter& json, const KeyCoverage& coverage) {
    json.key("domains").begin_object().field("known", coverage.known);
    if (coverage.known) {
        json.field("with_cname", coverage.domains).field("shown", coverage.shown()).field("seen", coverage.seen);
        json.field("signed_by_it", coverage.signs);
        write_names(json, "missing", coverage.missing);
    }
    json.end_object();
}

void write_slot(JsonWriter& json, const KeyView& view, int number) {
    const auto& slot = view.slots.slots.at(static_cast<std::size_t>(number));
    const auto& selector = selector_of(view.platform, number);
    json.begin_object().field("selector", selector.name).field("target", selector.target).field("stage", to_word(slot.stage));
    json.field("in_force", in_force(slot));
    if (slot.since != Time{}) json.field("since", to_text(slot.since));
    if (slot.stage != KeyStage::idle) {
        json.field("type", to_word(slot.type)).field("bits", slot.bits).field("file", slot.file).field("file_is_ours", slot.ours);
        // From the beginning of signing, as the automatic change counts it; of a key that never signed, since it was
        // made.
        const auto born = slot.signing_since ? slot.signing_since : slot.made_at;
        if (born) json.field("age_days", std::chrono::duration_cast<std::chrono::days>(view.now - *born).count());
    }
    if (!slot.record.empty()) {
        // What is to stand in the DNS now: whoever publishes by hand copies it from here.
        const auto record = slot.stage == KeyStage::withdrawing ? revoked_record(slot.record) : slot.record;
        json.field("fingerprint", key_fingerprint(slot.record)).field("record", record);
        json.field("zone", zone_line(selector.target + '.', record));
    }
    write_time(json, "made_at", slot.made_at);
    write_time(json, "published_at", slot.published_at);
    write_time(json, "signing_since", slot.signing_since);
    write_time(json, "closed_at", slot.closed_at);
    write_time(json, "last_look", slot.last_look);
    json.field("good_looks", slot.good_looks);
    write_coverage(json, view.coverage.at(static_cast<std::size_t>(number)));
    if (!slot.trouble.empty()) json.field("trouble", slot.trouble);
    write_time(json, "trouble_since", slot.trouble_since);
    json.end_object();
}

}  // namespace

// Sixteen hex digits tell a handful of keys apart and prove nothing. The decoded key is hashed, so that a record folded
// otherwise has the same one; what is no base64 is hashed as it stands.
std::string key_fingerprint(std::string_view record) {
    const auto key = public_part(record);
    if (key.empty()) return {};
    static constexpr std::string_view hex = "0123456789abcdef";
    const auto digest = sha256(from_base64(key).value_or(key));
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) (text += hex[digest[i] >> 4U]) += hex[digest[i] & 15U];
    return text;
}

void write_key_plan(JsonWriter& json, const std::vector<KeyStep>& plan, const Platform& platform) {
    json.begin_array();
    for (const auto& step : plan)
        json.begin_object()
            .field("action", to_word(step.action))
            .field("selector", selector_of(platform, step.slot).name)
            .field("at", to_text(step.earliest))
            .field("reason", step.reason)
            .field("waits", step.waits)
            .end_object();
    json.end_array();
}

void write_key_status(JsonWriter& json, const KeyView& view) {
    const auto policy = key_policy(view.platform);
    json.begin_object().field("running", view.running).field("publish", to_word(view.platform.dkim.publish));
    json.field("automatic", view.platform.dkim.rotation.automatic);
    write_time(json, "rotating_since", view.slots.rotating_since);
    json.key("selectors").begin_array();
    for (int slot = 0; slot < 2; ++slot) write_slot(json, view, slot);
    json.end_array().key("next");
    write_key_plan(json, key_plan(view.slots, view.coverage, policy, view.now), view.platform);
    json.key("stuck").begin_array();
    for (const auto& stuck : stuck_keys(view.slots, view.coverage, policy, view.now)) {
        json.begin_object()
            .field("selector", selector_of(view.platform, stuck.slot).name)
            .field("since", to_text(stuck.since))
            .field("reason", stuck.reason);
        write_names(json, "domains", stuck.domains);
        json.end_object();
    }
    json.end_array().end_object();
}

// By units, since several accounts may mail from one domain, and one account from one domain with many units and both
// addresses. The record is the CNAME of the awaited selector: the only thing in all this that a customer can do.
std::vector<Notice> stuck_key_notices(const Stuck& stuck, const DkimSelector& awaited, const Settings& settings) {
    std::vector<Notice> notices;
    std::set<std::pair<std::string, std::string>> told;  // account, domain
    for (const auto& [id, unit] : settings.units)
        for (const auto* address : {&unit.invoice_email, &settings.customer_service_of(unit).support_email}) {
            const std::string domain(domain_of(*address));
            if (std::find(stuck.domains.begin(), stuck.domains.end(), domain) == stuck.domains.end()) continue;
            if (!told.emplace(unit.account, domain).second) continue;
            Notice notice{unit.account, "key_change_stuck", domain, {{"since", to_text(stuck.since)}}, {}};
            notice.records = awaited.name + "._domainkey." + domain + ". IN CNAME " + awaited.target + '.';
            notices.push_back(std::move(notice));
        }
    return notices;
}

}  // namespace ilbud
