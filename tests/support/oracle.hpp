/// Programs that judge mails: how they are asked, and what they must answer.
#pragma once
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/compose/encode.hpp"
#include "ilbud/compose/encode_header.hpp"
#include "ilbud/letter/letter.hpp"

namespace ilbud::test {

struct Run {
    std::string output;
    int status = -1;
};

inline Run run(const std::string& command) {
    Run result;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return result;
    char buffer[4096];
    while (const auto got = std::fread(buffer, 1, sizeof buffer, pipe)) result.output.append(buffer, got);
    const int status = ::pclose(pipe);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

/// What a reader must get back.
inline std::string expectation(const PlannedMail& mail, const Content& content, const std::vector<Attachment>& attachments) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().field("subject", content.subject).field("to_name", mail.to_name);
    json.field("text", with_mail_line_ends(content.text)).field("html", with_mail_line_ends(content.html));
    if (!attachments.empty()) json.field("filename", attachments[0].filename).field("bytes", base64(attachments[0].bytes));
    json.end_object();
    return text;
}

inline void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace ilbud::test
