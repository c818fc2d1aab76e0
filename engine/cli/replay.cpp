// Reads the log page by page, decides each event anew and reports. Nothing is written but a
// temporary file of our own: the store is opened for reading, so a replay can run beside the
// daemon. The summary stands on top for people and last for programs, since only people read from
// the top and only programs can begin before the end.
#include "ilbud/replay/replay.hpp"
#include "ilbud/base/run_to_end.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/replay_report.hpp"
#include "cli/secret_needs.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

namespace fs = std::filesystem;

// Settings and templates are loaded whole for each side, with all their checks: a set
// that the daemon would refuse cannot be tried.
Result<ReplaySide, std::vector<Error>> load_side(const fs::path& settings_file, const fs::path& templates) {
    auto settings = load_settings(settings_file, secret_need("replay").files);
    if (!settings) return settings.error();
    // Absolute, since relative paths in settings are read from the settings' folder,
    // and this one from where the user stands.
    if (!templates.empty()) settings->platform.templates = fs::absolute(templates);
    auto loaded = load_templates(*settings);
    if (!loaded) return loaded.error();
    return ReplaySide{std::move(*settings), std::move(*loaded)};
}

// A folder is taken for that of an installation; the error of a path that is not there comes from loading it.
fs::path file_of(const fs::path& settings) {
    std::error_code ignored;
    return fs::is_directory(settings, ignored) ? settings / "ilbud.toml" : settings;
}

// Where the differences wait until the summary, which stands above them, is known: on disk, for there may be many.
// tmpfile() has no name, so nothing has to be removed, not even after a kill.
class Spool {
 public:
    // Made at the first difference: a replay without any touches no disk.
    void add(std::string_view text) {
        if (!file_) file_.reset(std::tmpfile());
        // A short write is the disk being full; a cut report would look whole, so it is an exception.
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

// Counts everything, shows the first `most`; one place for both forms, so that they never count differently.
class Report {
 public:
    Report(bool json, std::size_t most) : json_(json), most_(most) {}

    // Pruned events cannot be looked at, but an answer "no difference" must not hide them (exit status 4).
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
        // On a terminal only, and on standard error: the report itself may go to a file.
        if (!json_ && ::isatty(STDERR_FILENO) != 0)
            std::fprintf(stderr, "\rreplayed %s events", with_commas(counts_.events).c_str());
    }
    // Exit statuses as in the help; the summary of JSON comes last, when all is counted.
    int finish(const ReplayNames& names) {
        if (json_) {
            print_line([&](JsonWriter& json) { write_summary(json, counts_); });
            return counts_.exit_status();
        }
        // Wipes the progress line.
        if (::isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
        print(summary_for_people(counts_, names));
        spool_.print_all();
        if (shown_ > most_) print("\n… and " + with_commas(shown_ - most_) + " more (--most)\n");
        return counts_.exit_status();
    }

 private:
    // One object a line, whole, so that a reader never sees half of one.
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

// Memory is that of one page, whatever the span: the events of a page are gone when the next is read.
void replay_all(MailLog& log, Replay& replay, const ReplayOptions& options, Report& report) {
    std::optional<LogCursor> place{LogCursor{}};
    while (place) {
        const auto read = run_to_end(log.events(options.span, *place));
        const auto& page = *read;  // the cursor is one that the log gave
        report.note_pruned(page.pruned);
        for (const auto& stored : page.events) {
            // What was accepted is read with its own size and a depth beyond any limit:
            // today's limits say nothing about whether it can be decided. `own` lets the
            // engine's own notices in, which no sender may use.
            const auto event = parse_event(stored.raw, {.bytes_max = stored.raw.size(), .depth_max = 1024, .own = true});
            if (!event) report.note_unreadable(stored, event.error());
            // By the event's own unit; notices have none and are left out where a unit is asked for.
            else if (options.unit.empty() || event->unit == options.unit)
                report.note(stored, *event, replay.look_at(stored, *event));
        }
        report.progress();
        place = page.next;
    }
}

}  // namespace

// Both sides are loaded before the store is opened, since a typing error is the likeliest end of a replay.
int replay_command(const CommonOptions& common, const ReplayOptions& options) {
    const auto refuse_all = [&](const std::vector<Error>& errors) {
        const int status = refuse(errors, common.json);
        if (!common.json) print_error(counted(errors.size(), "finding"));
        return status;
    };
    // Without --settings the same file serves both sides, and only the templates differ.
    const auto file = options.settings.empty() ? common.config : file_of(options.settings);
    const auto then = load_side(common.config, {});
    if (!then) return refuse_all(then.error());
    const auto now = load_side(file, options.templates);
    if (!now) return refuse_all(now.error());
    // A unit that exists on one side only can still be replayed: that is one of the questions one may have.
    if (!options.unit.empty() && then->settings.unit(options.unit) == nullptr && now->settings.unit(options.unit) == nullptr)
        return refuse_all({{"unknown_unit", "--unit", "no business unit is called " + options.unit}});
    // The queue of `then`: the settings that are tried may name another one, or none that exists.
    const auto reader = open_sqlite_reader(then->settings.platform.queue);
    if (!reader) return refuse_all({reader.error()});
    // The reader answers from what the store holds today; Replay asks it only
    // about mails that were not made then.
    const auto refusal = [&](const PlannedMail& mail, const StoredEvent& event) {
        return run_to_end((*reader)->log().refusal(mail, event));
    };
    Replay replay(*then, *now, options.kind, refusal);
    Report report(common.json, options.most);
    replay_all((*reader)->log(), replay, options, report);
    std::string name = file.string();
    if (!options.templates.empty()) name += " with the templates of " + options.templates.string();
    return report.finish({common.config.string(), name, to_text(then->settings.platform.queue.keep), options.unit});
}

}  // namespace ilbud
