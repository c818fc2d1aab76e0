/// A systemd unit as systemd.syntax(7) has it: what the file says, not what we hope it says.
#pragma once
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/testdata.hpp"

namespace ilbud::test {

class UnitFile {
 public:
    explicit UnitFile(const std::filesystem::path& path) {
        std::istringstream lines(read_file(path));
        std::string section;
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line[0] == '#' || line[0] == ';') continue;
            if (line[0] == '[') {
                section = line.substr(1, line.find(']') - 1);
                continue;
            }
            const auto equals = line.find('=');
            const auto name = section + '/' + line.substr(0, equals);
            const auto value = line.substr(equals + 1);
            if (value.empty())
                values_[name] = {""};  // an empty assignment takes back those before it
            else
                values_[name].push_back(value);
        }
    }

    /// The last value of "Section/Name"; empty if there is none.
    [[nodiscard]] std::string value(const std::string& name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string() : found->second.back();
    }
    [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }

    /// A command line in words, those that `replace` names replaced. The unit's commands quote nothing.
    [[nodiscard]] std::vector<std::string> command(const std::string& name,
                                                   const std::map<std::string, std::string>& replace) const {
        std::istringstream line(value(name));
        std::vector<std::string> words;
        for (std::string word; line >> word;) {
            const auto other = replace.find(word);
            words.push_back(other == replace.end() ? word : other->second);
        }
        return words;
    }

 private:
    std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace ilbud::test
