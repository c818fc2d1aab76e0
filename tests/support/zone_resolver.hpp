// A Resolver over zones written in a test, with the rules of the port: it follows CNAMEs and tells the kinds of "no" apart.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/dns/resolver.hpp"

namespace ilbud::test {

class ZoneResolver final : public Resolver {
 public:
    Duration ttl = std::chrono::seconds(300);
    std::vector<std::pair<std::string, RecordType>> asked;  ///< every query, in order

    /// `text` is the record's data: an address, a name, a TXT's joined strings, or "10 mx.example" for mx.
    ZoneResolver& add(std::string name, RecordType type, std::string text) {
        zone_[key(std::move(name))][type].push_back(std::move(text));
        return *this;
    }
    /// Every question about `name` fails, with `why`.
    ZoneResolver& fail(std::string name, std::string why = "SERVFAIL") {
        failing_[key(std::move(name))] = std::move(why);
        return *this;
    }
    /// Questions about `name` for which it has no record fail, with `why`.
    ZoneResolver& fail_others(std::string name, std::string why = "timeout") {
        failing_others_[key(std::move(name))] = std::move(why);
        return *this;
    }
    ZoneResolver& heal(const std::string& name) {
        failing_.erase(key(name));
        failing_others_.erase(key(name));
        return *this;
    }
    ZoneResolver& remove(const std::string& name, RecordType type) {
        if (const auto found = zone_.find(key(name)); found != zone_.end()) {
            found->second.erase(type);
            if (found->second.empty()) zone_.erase(found);
        }
        return *this;
    }
    /// Removes and adds in one: the name has this one record of the type.
    ZoneResolver& set(const std::string& name, RecordType type, std::string text) {
        return remove(name, type).add(name, type, std::move(text));
    }

    Task<DnsAnswer> query(std::string name, RecordType type) override {
        asked.emplace_back(key(name), type);
        co_return answer(key(std::move(name)), type);
    }

 private:
    static std::string key(std::string name) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (name.ends_with('.')) name.pop_back();
        return name;
    }

    DnsAnswer answer(std::string name, RecordType type) const {
        DnsAnswer out;
        out.ttl = ttl;
        for (int hops = 0; hops < 12; ++hops) {
            if (const auto why = failing_.find(name); why != failing_.end()) {
                out.status = DnsStatus::failed;
                out.failure = why->second;
                return out;
            }
            const auto found = zone_.find(name);
            if (const auto why = failing_others_.find(name);
                why != failing_others_.end() && (found == zone_.end() || !found->second.contains(type))) {
                out.status = DnsStatus::failed;
                out.failure = why->second;
                return out;
            }
            if (found == zone_.end()) {
                // A name above an existing one exists itself, without records (RFC 8020).
                const bool above =
                    std::any_of(zone_.begin(), zone_.end(), [&](const auto& each) { return each.first.ends_with("." + name); });
                out.status = above ? DnsStatus::no_data : DnsStatus::no_name;
                return out;
            }
            if (const auto records = found->second.find(type); records != found->second.end()) {
                out.status = DnsStatus::found;
                for (const auto& text : records->second) put(out, type, text);
                return out;
            }
            const auto alias = found->second.find(RecordType::cname);
            if (alias == found->second.end()) {
                out.status = DnsStatus::no_data;
                return out;
            }
            name = key(alias->second.front());
            out.aliases.push_back(name);
        }
        out.status = DnsStatus::failed;
        out.failure = "SERVFAIL";
        return out;
    }

    static void put(DnsAnswer& out, RecordType type, const std::string& text) {
        if (type != RecordType::mx) {
            out.records.push_back(type == RecordType::cname || type == RecordType::ptr || type == RecordType::ns ? key(text)
                                                                                                                 : text);
            return;
        }
        const auto space = text.find(' ');
        out.exchangers.push_back({static_cast<std::uint16_t>(std::stoi(text)), key(text.substr(space + 1))});
    }

    std::map<std::string, std::map<RecordType, std::vector<std::string>>> zone_;
    std::map<std::string, std::string> failing_;
    std::map<std::string, std::string> failing_others_;
};

}  // namespace ilbud::test
