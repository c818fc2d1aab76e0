#include "ilbud/replay/replay.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/replay_report.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

namespace fs = std::filesystem;

Result<ReplaySide, std::vector<Error>> load_side(const fs::path& settings_file, const fs::path& templates) {
    auto settings = load_settings(settings_file);
    if (!settings) return settings.error();
    if (!templates.empty()) settings->platform.templates = fs::absolute(templates);
    auto loaded = load_templates(*settings);
    if (!loaded) return loaded.error();
    return ReplaySide{std::move(*settings), std::move(*loaded)};
}

fs::path file_of(const fs::path& settings) {
    std::error_code ignored;
    return fs::is_directory(settings, ignored) ? settings / "ilbud.toml" : settings;
}

// Where the differences wait until the summary, which stands above them, is known: on disk, for there may be many.
class Spool {
 public:
    void add(std::string_view text) {
        if (!file_) file_.reset(std::tmpfile());
        if (!file_ || std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size())
            throw std::runtime_error("cannot write a temporary file: is the disk full?");
    }
    void print_all() {
        if (!file_) return;
        std::rewind(file_.get());
        std::string piece(64UL * 1024, '\0');
        while (const auto bytes = std::fread(piece.data(), 1, piece.size(), file_.get()))
            print(std::string_view(piece).substr(0, bytes));
    }

 private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};
};

class Report {
 public:
    Report(bool json, std::size_t most) : json_(json), most_(most) {}

    void note_pruned(std::uint64_t events) { counts_.pruned += events; }
    void note_unreadable(const StoredEvent& stored, const Error& error) {
        ++counts_.unreadable;
        if (++shown_ > most_) return;
        if (json_)
            print_line([&](JsonWriter& json) { write_unreadable(json, stored, error); });
        else
            spool_.add(unreadable_for_people(stored, error));
    }
    void note(const StoredEvent& stored, const Event& event, const EventDifference& difference) {
        counts_.add(stored, difference);
        if (difference.none() || ++shown_ > most_) return;
        if (json_)
            print_line([&](JsonWriter& json) { write_difference(json, stored, event, difference); });
        else
            spool_.add(difference_for_people(stored, event, difference));
    }
    void progress() const {
        if (!json_ && ::isatty(STDERR_FILENO) != 0)
            std::fprintf(stderr, "\rreplayed %s events", with_commas(counts_.events).c_str());
    }
    int finish(const ReplayNames& names) {
        if (json_) {
            print_line([&](JsonWriter& json) { write_summary(json, counts_); });
            return counts_.exit_status();
        }
        if (::isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
        print(summary_for_people(counts_, names));
        spool_.print_all();
        if (shown_ > most_) print("\n… and " + with_commas(shown_ - most_) + " more (--most)\n");
        return counts_.exit_status();
    }

 private:
    template <class Write>
    static void print_line(Write write) {
        std::string line;
        JsonWriter json(line);
        write(json);
        print(line + "\n");
    }

    bool json_;
    std::size_t most_;
    std::size_t shown_ = 0;  // and those beyond `most_`
    ReplayCounts counts_;
    Spool spool_;
};

void replay_all(QueueReader& reader, Replay& replay, const ReplayOptions& options, Report& report) {
    std::optional<EventPlace> place{EventPlace{}};
    while (place) {
        const auto page = reader.events(options.span, *place);
        report.note_pruned(page.pruned);
        for (const auto& stored : page.events) {
            const auto event = parse_event(stored.raw, {.bytes_max = stored.raw.size(), .depth_max = 1024, .own = true});
            if (!event)
                report.note_unreadable(stored, event.error());
            else if (options.unit.empty() || event->unit == options.unit)
                report.note(stored, *event, replay.look_at(stored, *event));
        }
        report.progress();
        place = page.next;
    }
}

}  // namespace

int replay_command(const CommonOptions& common, const ReplayOptions& options) {
    const auto refuse_all = [&](const std::vector<Error>& errors) {
        const int status = refuse(errors, common.json);
        if (!common.json) print_error(counted(errors.size(), "finding"));
        return status;
    };
    const auto file = options.settings.empty() ? common.config : file_of(options.settings);
    const auto then = load_side(common.config, {});
    if (!then) return refuse_all(then.error());
    const auto now = load_side(file, options.templates);
    if (!now) return refuse_all(now.error());
    if (!options.unit.empty() && then->settings.unit(options.unit) == nullptr && now->settings.unit(options.unit) == nullptr)
        return refuse_all({{"unknown_unit", "--unit", "no business unit is called " + options.unit}});
    const auto reader = open_sqlite_reader(then->settings.platform.queue);
    if (!reader) return refuse_all({reader.error()});
    const auto refusal = [&](const PlannedMail& mail, const StoredEvent& event) { return (*reader)->refusal(mail, event); };
    Replay replay(*then, *now, options.kind, refusal);
    Report report(common.json, options.most);
    replay_all(**reader, replay, options, report);
    std::string name = file.string();
    if (!options.templates.empty()) name += " with the templates of " + options.templates.string();
    return report.finish({common.config.string(), name, to_text(then->settings.platform.queue.keep), options.unit});
}

}  // namespace ilbud
