// Loading is everything that can fail, and happens aside and before anything changes. What is left, putting in force,
// refuses nothing: a snapshot is complete or it does not exist, and only the keys may stay as they were, which the log
// says (dkim.keys_kept). Sockets, folders and threads were set up from the first settings and stay as they are; a changed
// option among those is told and otherwise without effect.
#include "reload.hpp"

#include <systemd/sd-daemon.h>

#include <ctime>
#include <optional>

#include "ilbud/base/aside.hpp"

namespace ilbud {
namespace {

// Options that a running daemon keeps until it is started again.
// Compared with what the daemon was started with, not with the last reload: the note comes each time until it is started
// again.
std::vector<std::string> restart_notes(const Platform& now, const Platform& next) {
    std::vector<std::string> notes;
    const auto note = [&](bool differs, const char* option) {
        if (differs) notes.push_back(std::string(option) + " takes effect at the next start");
    };
    note(now.intake.socket != next.intake.socket, "intake.socket");
    note(now.intake.control != next.intake.control, "intake.control");
    note(now.intake.allow_users != next.intake.allow_users, "intake.allow_users");
    note(now.intake.allow_groups != next.intake.allow_groups, "intake.allow_groups");
    note(now.intake.connections_max != next.intake.connections_max, "intake.connections_max");
    note(now.intake.control_connections_max != next.intake.control_connections_max, "intake.control_connections_max");
    note(now.intake.leaving_max != next.intake.leaving_max, "intake.leaving_max");
    note(now.intake.leaving_deadline != next.intake.leaving_deadline, "intake.leaving_deadline");
    note(now.intake.batch_max != next.intake.batch_max, "intake.batch_max");
    note(now.intake.event_bytes_max != next.intake.event_bytes_max, "intake.event_bytes_max");
    note(now.intake.line_deadline != next.intake.line_deadline, "intake.line_deadline");
    note(now.intake.write_deadline != next.intake.write_deadline, "intake.write_deadline");
    note(now.dns != next.dns, "dns");
    note(now.queue.folder != next.queue.folder, "queue.folder");
    note(now.daemon.lanes != next.daemon.lanes, "daemon.lanes");
    note(now.daemon.log_format != next.daemon.log_format, "daemon.log_format");
    note(now.daemon.log_level != next.daemon.log_level, "daemon.log_level");
    note(now.daemon.log_addresses != next.daemon.log_addresses, "daemon.log_addresses");
    note(now.daemon.log_repeat_period != next.daemon.log_repeat_period, "daemon.log_repeat_period");
    return notes;
}

Error stopping() {
    return {"stopping", "", "the daemon is ending; the settings read before stay in force"};
}

}  // namespace

// Reading and linting may take a while: it happens on a thread of its own, so that events are taken meanwhile.
// A file system that fails in the middle leaves the old set in force, as a finding does; so does a system that has no thread
// left for us.
Task<Reload::Loaded> Reload::load_aside() {
    std::optional<Loaded> loaded;
    try {
        auto work = services_.load;  // named: g++ 12 is not to be trusted with temporaries here
        auto read = co_await run_aside<Loaded>(std::move(work));
        loaded.emplace(std::move(read));
    } catch (const std::exception& failure) {
        loaded.emplace(std::vector<Error>{{"load_failed", "", failure.what()}});
    }
    co_return *std::move(loaded);
}

Reload::Answer Reload::refuse(std::vector<Error> errors) {
    ++services_.counters.reloads_failed;
    for (const auto& error : errors)
        services_.log.error("settings.refused", {{"code", error.code}, {"place", error.place}, {"detail", error.detail}});
    services_.log.error("settings.kept", {{"detail", "the settings read before stay in force"}});
    return errors;
}

// The turn lasts until the set is in force: between reading a set and putting it there no newer one may overtake it.
Task<Reload::Answer> Reload::run() {
    const auto turn = co_await turns_.next();
    if (stopping_) co_return std::vector<Error>{stopping()};
    timespec now{};
    // With its time, as Type=notify-reload wants it (systemd 253): then `systemctl reload` waits for the end.
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    ::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", static_cast<long long>(now.tv_sec) * 1000000 + now.tv_nsec / 1000);
    auto answer = co_await read_and_put_in_force();
    // Good or bad, the reload is over: systemd would otherwise take a refused file for a daemon that hangs. Behind
    // STOPPING=1 it would be wrong.
    if (!stopping_) ::sd_notify(0, "READY=1");
    co_return answer;
}

Task<Reload::Answer> Reload::read_and_put_in_force() {
    const auto loaded = co_await load_aside();
    if (stopping_) co_return std::vector<Error>{stopping()};
    if (!loaded) co_return refuse(loaded.error());
    const auto& next = **loaded;
    // Notes stop nothing. They go to whoever asked and to the log.
    auto notes = restart_notes(started_with_->settings.platform, next.settings.platform);
    std::ranges::move(next.notes(), std::back_inserter(notes));
    auto set = *loaded;
    auto later = co_await services_.put_in_force(std::move(set));
    std::ranges::move(later, std::back_inserter(notes));
    ++services_.counters.reloads;
    services_.log.info("settings.reloaded", {{"accounts", next.settings.accounts.size()}, {"units", next.settings.units.size()}});
    for (const auto& note : notes) services_.log.warning("settings.note", {{"detail", note}});
    co_return notes;
}

}  // namespace ilbud
