// Specimens are made through the same calls in the same order as a mail's trip, so each holds what its stage
// would really be given. The daemon's settings and keys are written by DaemonChild, but no daemon runs.
#include "stages_world.hpp"

#include <stdexcept>

#include "ilbud/compose/compose.hpp"

namespace ilbud::bench {
namespace {

// A world that cannot be built is the end of the bench, with the error's own text.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(to_text(result.error()));
    return std::move(*result);
}

SnapshotPointer load(const DaemonChild& daemon) {
    daemon.write_settings();
    auto loaded = load_snapshot(daemon.config());
    if (!loaded) throw std::runtime_error(to_text(loaded.error().front()));
    return std::move(*loaded);
}

}  // namespace

// Members in the order in which they need each other: certificate and
// settings before the snapshot that reads them.
StagesWorld::StagesWorld(const StagesOptions& options, bool ed25519_beside)
    : certificate(make_certificate(folder.path())),
      daemon(folder.path(),
             // Port 25 is a stand-in: transaction() puts its sink's port there.
             {.program = options.program, .templates = options.templates, .relay_port = 25, .ed25519 = ed25519_beside}),
      snapshot(load(daemon)),
      book(snapshot->keys),
      ed25519(must(SigningKey::from_pem(must(read_secret(folder.path() / "ed.pem")), "ed"))),
      now(system_clock().now()) {}

std::vector<Specimen> StagesWorld::specimens(const Mix& mix, std::size_t count) const {
    const Generator generator(1, bench_units(1), mix, now);
    std::vector<Specimen> out;
    for (std::size_t i = 0; i < count; ++i) {
        Specimen one;
        one.line = generator.line(i);
        one.event = std::make_shared<const Event>(must(parse_event(one.line)));
        one.decision = must(decide(snapshot->settings, *one.event, now));
        // The promise of generate.hpp, on which all counting rests.
        if (one.decision.mails.size() != 1) throw std::runtime_error("an event of the bench does not make one mail: " + one.line);
        one.mail = one.decision.mails.front();
        one.content = must(render(one.mail, *one.event, snapshot->settings, snapshot->templates));
        one.message = must(compose(one.mail, one.content, {}, now));
        // Signed as it would be sent, for the stages behind signing.
        one.letter = must(write_letter(one.mail, *one.event, *snapshot, book, now)).bytes();
        out.push_back(std::move(one));
    }
    return out;
}

// The form of the template for tasks without a result: co_spawn's handler has no value there.
void run_to_end(asio::io_context& context, Task<void> task) {
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr error) {
        failure = error;
        done = true;
    });
    // A context that has run out of work is stopped; restart makes it run again.
    context.restart();
    while (!done && context.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace ilbud::bench
