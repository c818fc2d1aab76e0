// Five kinds of coroutines on one thread: run() leases and writes, one carry() for each mail waits for the relay,
// settle_all() gives results to the store, renew_all() keeps what is in hand ours, and beat() shows that the thread turns.
// They share members without a lock and meet only at co_awaits; what comes from other threads (stop, apply) is posted.
// How much may be in hand, and when a batch is worth a trip to the store, is LaneLoad's to say; what a reply means is
// judge()'s.
// A mail that was leased always ends as a settlement: sent, failed to be written, or given back. One that is forgotten
// would come again only when its lease is over.
#include "lane.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>

#include <exception>

#include "ilbud/base/address.hpp"
#include "ilbud/letter/letter.hpp"
#include "settling.hpp"

namespace ilbud {
namespace {

// How long one question to the store may wait for a mail to be due; behind it the lane looks at its relays and places
// again. To stop does not depend on it, since stop_lending() answers at once.
constexpr Duration lease_wait = 1s;
// Far below the watchdog's silence_max, so that a late timer is not taken for a lane that is stuck.
constexpr Duration beat_interval = 500ms;
constexpr Duration store_step = 2ms;     // mails whose files have been read look so often whether they may be sent
constexpr std::size_t event_weight = 2;  // an event's parts are about as large again as its bytes
constexpr std::size_t together_max = 4UL * 1024 * 1024;  // files that are read before their letters are signed together
constexpr Duration look_over_interval = 1s;  // and as many mails each time: two small commits a second while no relay is up
constexpr std::size_t look_over_mails = 8;
constexpr Duration pause_step = 100ms;  // while no relay is up the lane looks again so often, also whether it is to stop

std::string describe(std::exception_ptr failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown failure";
    }
}

// The first `most` of `leases`, which keeps the rest.
std::vector<Lease> take(std::vector<Lease>& leases, std::size_t most) {
    const auto end = leases.begin() + static_cast<std::ptrdiff_t>(std::min(most, leases.size()));
    std::vector<Lease> taken(std::make_move_iterator(leases.begin()), std::make_move_iterator(end));
    leases.erase(leases.begin(), end);
    return taken;
}

// The same as a refusal for now: what becomes of a mail whose refusal for good is not believed.
Reply doubted(Reply reply) {
    reply.code = 450;
    reply.enhanced.clear();
    reply.text.clear();
    return reply;
}

}  // namespace

// The transport is opened on the owner's thread, before the lane's own thread exists: what it throws ends the start, not
// the lane.
Lane::Lane(int number, int lanes, const LaneServices& services, std::function<void()> on_failure)
    : number_(number),
      lanes_(lanes),
      services_(services),
      on_failure_(std::move(on_failure)),
      context_(1),
      waits_(context_.get_executor()),
      room_(context_),
      results_in_(context_),
      next_beat_(context_),
      next_renewal_(context_),
      mails_(context_, [this](std::exception_ptr failure) { fail(failure); }),
      helpers_(context_, [this](std::exception_ptr failure) { fail(failure); }),
      transport_(services_.open_transport(number_, context_, services_.snapshots.current()->settings.platform.delivery)),
      files_(services_.read_file),
      load_({number, lanes}),
      beat_(std::chrono::steady_clock::now()) {
    transport_->set_gate([this](std::size_t answered) { return load_.may_send(answered); });
    // What one relay does not take goes to another, and comes here as delivered.
    if (services_.troubles != nullptr)
        transport_->on_refusal([troubles = services_.troubles](const Reply& reply) { troubles->refused(reply); });
    if (services_.relays != nullptr)
        transport_->on_standing([this](const RelayStanding& standing) { services_.relays->stands(number_, standing); });
}

Lane::~Lane() {
    join();
}

// Two steps: with the threads of some lanes alone the daemon does not start, and then no mail may be on its way.
void Lane::start() {
    thread_ = std::thread([this] {
        // The system takes 15 characters at most, and ignores a longer name.
        ::pthread_setname_np(::pthread_self(), ("lane-" + std::to_string(number_)).c_str());
        try {
            context_.run();
        } catch (...) {
            fail(std::current_exception());
        }
        // The owner looks at this before it joins, since a join knows no deadline.
        done_ = true;
    });
}

void Lane::begin() {
    asio::post(context_, [this] {
        helpers_.spawn(run());
        helpers_.spawn(settle_all());
        helpers_.spawn(renew_all());
        helpers_.spawn(beat());
        waits_.reset();
    });
}

// Not caught and gone on: a broken store or machine is no matter of one mail. on_failure_ does not return in the daemon.
void Lane::fail(std::exception_ptr failure) {
    services_.log.error("lane.failed", {{"lane", number_}, {"detail", describe(failure)}});
    on_failure_();
}

// Posted, so that it falls between two steps of the lane and needs no lock. The same goes for apply().
void Lane::stop(Duration deadline) {
    asio::post(context_, [this, deadline] {
        stopping_ = true;
        stop_deadline_ = deadline;
        wake();
    });
}

void Lane::join() {
    if (thread_.joinable()) thread_.join();
}

void Lane::apply(SnapshotPointer snapshot) {
    asio::post(context_, [this, snapshot = std::move(snapshot)] {
        transport_->recall();  // test mode, keys and addresses may be others now (R39)
        transport_->apply(snapshot->settings.platform.delivery);
        wake();                // there may be room now where there was none
        next_renewal_.wake();  // what is held from now on may be held for a shorter time
    });
}

// The lane's life: lease what there is room for, write it, send it; at the end let what is in flight finish.
Task<void> Lane::run() {
    while (!stopping_) {
        const auto snapshot = services_.snapshots.current();
        if (const auto pause = transport_->pause(); pause > Duration{}) {
            co_await look_over(pause);
            continue;
        }
        const auto room = co_await wait_for_places(*snapshot);
        if (room > 0) co_await lease_and_send(room, lease_wait);
    }
    // First the wire, then the mails that waited for it, then the results: end() makes settle_all() return when the last
    // is stored.
    co_await transport_->stop(stop_deadline_);
    co_await mails_.wait();
    load_.end();
    wake();
    next_beat_.wake();
    next_renewal_.wake();
}

Task<void> Lane::lease_and_send(std::size_t most, Duration wait) {
    const auto bytes = bytes_most();
    // Counted before anything is written: places are taken by what is leased, not by what is on the wire.
    auto leases = co_await services_.queue.lease(most, wait, (bytes - std::min(bytes_, bytes)) / event_weight);
    load_.leased(leases.size());
    const auto snapshot = services_.snapshots.current();
    for (auto& lease : leases) {
        lease.mail.give_up_at = give_up_of(lease, *snapshot);
        held_.emplace(lease.token, Held{lease.row, lease.until});
        weigh(lease.token, event_weight * lease.event->raw.size());
    }
    in_hand_ = load_.in_hand();
    while (!leases.empty()) {
        // As many as are signed together; in between, connections and timers get their turn.
        auto few = take(leases, services_.snapshots.current()->settings.platform.dkim.sign_together);
        if (!stopping_)
            co_await write_and_send(std::move(few));
        else
            for (const auto& lease : few) give_back(lease);
    }
}

// No relay is up, and what is leased can only go back; but letters that cannot be written, mail that is kept back and what is too old
// are to be told all the same. Whatever goes back is due behind the others, so that one look after the other sees all of them.
Task<void> Lane::look_over(Duration pause) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_over_ || load_.in_hand() > 0) {
        co_await sleep_for(std::min(pause, pause_step));
        co_return;
    }
    next_look_over_ = now + look_over_interval;
    co_await lease_and_send(look_over_mails, Duration{});
}

// How many mails to lease now; none: the lane is to stop.
// Asked anew at each turn: the transport's room grows and shrinks with connections and relays, and anything that ends wakes
// this.
Task<std::size_t> Lane::wait_for_places(const Snapshot& snapshot) {
    const auto& platform = snapshot.settings.platform;
    while (!stopping_) {
        const bool full = bytes_ >= bytes_most();
        const LaneLoad::Places places{full ? 0 : std::min(platform.daemon.window, transport_->room()),
                                      platform.dkim.sign_together};
        const auto next = load_.lease_next(places, std::chrono::steady_clock::now());
        if (next.mails > 0) co_return next.mails;
        co_await room_.wait_until(next.look_again);
    }
    co_return 0;
}

void Lane::wake() {
    room_.wake();
    results_in_.wake();
}

// What a kill can repeat is the transport's to keep small, as it asks the gate. Here nothing is written that would have to wait
// there: the store may be away for hours, and by then keys and settings are others.
Task<void> Lane::wait_for_store() {
    while (!load_.may_send() && !stopping_) co_await room_.wait();
}

// Writes the letters of a few leases, the lane's one long piece of work, and lets everything else that waits have its turn after
// it. The snapshot and the book are the newest: what was accepted under them must not meet older ones, nor a key that no longer
// signs. What was signed before is sent as it is while its key is in force, else written and signed anew. Mails that need a file
// go a way of their own: its disk may take any time.
Task<void> Lane::write_and_send(std::vector<Lease> leases) {
    co_await wait_for_store();
    if (!load_.may_send()) {
        for (const auto& lease : leases) give_back(lease);
        co_return;
    }
    const auto snapshot = services_.snapshots.current();
    const auto book = services_.books.current();
    std::vector<LetterOrder> orders;
    std::vector<Lease*> owners;
    std::vector<Lease> with_files;
    std::vector<AttachmentFile> files;
    for (auto& lease : leases) {
        if (keep_back(lease, *snapshot)) continue;
        // Signed at an earlier attempt, and byte for byte the same again (R2), unless a key of it has been withdrawn
        // since.
        if (!lease.frozen.empty() && book->still_good(lease.frozen, domain_of(lease.mail.from))) {
            send(lease, std::move(lease.frozen), snapshot);
            continue;
        }
        if (auto file = attachment_file(*lease.event, snapshot->settings.platform)) {
            files.push_back(std::move(*file));
            with_files.push_back(std::move(lease));
            continue;
        }
        orders.push_back({&lease.mail, lease.event.get()});
        owners.push_back(&lease);
    }
    if (!files.empty()) mails_.spawn(read_and_send(std::move(with_files), std::move(files)));
    write(orders, owners, snapshot, *book);
    // Back of the queue of handlers: replies that came while the letters were written are read before the next ones are.
    co_await asio::post(context_, asio::use_awaitable);
}

// Beside run(), which goes on with other mails. When the lane is to stop, these wait for the next start: whether their files
// will be read in time is not known. One file after the other, as what it weighs is known only then; small ones are signed together
// as far as the lane may carry them.
Task<void> Lane::read_and_send(std::vector<Lease> leases, std::vector<AttachmentFile> files) {
    const auto deadline = services_.snapshots.current()->settings.platform.intake.attachment_deadline;
    std::vector<std::pair<Lease*, std::string>> read;
    std::size_t weight = 0;
    const auto write_read = [&] {
        write_with_files(read);
        read.clear();
        weight = 0;
    };
    for (std::size_t i = 0; i < leases.size(); ++i) {
        auto& lease = leases[i];
        if (bytes_ >= bytes_most()) write_read();
        // With nothing on the wire nobody would make room.
        while ((!load_.may_send() || (bytes_ >= bytes_most() && on_wire_ > 0)) && !stopping_) co_await sleep_for(store_step);
        std::vector<AttachmentFile> one{std::move(files[i])};
        auto bytes = co_await files_.read(std::move(one), deadline, stopping_);
        if (stopping_) {
            give_back(lease);
            continue;
        }
        if (!bytes[0]) {
            fail_letter(lease, bytes[0].error(), *services_.snapshots.current());
            continue;
        }
        weight += bytes[0]->size();
        weigh(lease.token, event_weight * lease.event->raw.size() + bytes[0]->size());
        read.emplace_back(&lease, std::move(*bytes[0]));
        if (weight >= together_max) write_read();
    }
    write_read();
}

void Lane::write_with_files(const std::vector<std::pair<Lease*, std::string>>& read) {
    const auto snapshot = services_.snapshots.current();
    std::vector<LetterOrder> orders;
    std::vector<Lease*> owners;
    for (const auto& [lease, bytes] : read) {
        if (stopping_) {
            give_back(*lease);
            continue;
        }
        // A file may take its time, and test mode have begun meanwhile.
        if (keep_back(*lease, *snapshot)) continue;
        orders.push_back({&lease->mail, lease->event.get(), &bytes});
        owners.push_back(lease);
    }
    const auto book = services_.books.current();
    write(orders, owners, snapshot, *book);
}

std::size_t Lane::bytes_most() const {
    return services_.snapshots.current()->settings.platform.daemon.window_bytes / static_cast<std::size_t>(lanes_);
}

// What a mail in hand weighs now; 0: it is concluded.
void Lane::weigh(std::uint64_t token, std::size_t bytes) {
    auto& held = held_.at(token);
    bytes_ = bytes_ - held.bytes + bytes;
    held.bytes = bytes;
}

void Lane::write(const std::vector<LetterOrder>& orders, const std::vector<Lease*>& owners, const SnapshotPointer& snapshot,
                 const SigningBook& book) {
    auto letters = write_letters(orders, *snapshot, book, services_.clock.now());
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const auto& mail = owners[i]->mail;
        if (!letters[i]) {
            fail_letter(*owners[i], letters[i].error(), *snapshot);
            continue;
        }
        if (letters[i]->unsubscribe_left_out)
            services_.log.warning("mail.unsubscribe_left_out",
                                  {{"mail", mail.id}, {"unit", mail.unit}, {"reason", "its address is too long"}});
        send(*owners[i], letters[i]->bytes(), snapshot);
    }
}

void Lane::send(Lease& lease, std::string bytes, const SnapshotPointer& snapshot) {
    // Written, the mail needs its event no more, and that may hold a PDF of some megabytes for as long as the relay
    // takes.
    lease.event.reset();
    weigh(lease.token, bytes.size());
    ++on_wire_;
    mails_.spawn(carry(std::move(lease), std::move(bytes), snapshot));
}

Task<void> Lane::carry(Lease lease, std::string bytes, SnapshotPointer snapshot) {
    // A reload came between the writing and this turn, and its recall() before there was anything to recall.
    if (services_.snapshots.current() != snapshot) {
        --on_wire_;
        co_return give_back(lease);
    }
    // Needed again if the attempt fails: they are what the next one sends.
    const auto letter = std::make_shared<const std::string>(std::move(bytes));
    const auto& sender = lease.mail.envelope_from.empty() ? lease.mail.from : lease.mail.envelope_from;
    auto begin_before = SteadyTime::max();
    // A year is as good as for ever, and centuries overflow the steady clock's nanoseconds.
    if (const auto& until = lease.mail.give_up_at)
        begin_before =
            std::chrono::steady_clock::now() + std::clamp<Duration>(*until - services_.clock.now(), Duration{}, 24h * 365);
    Consignment consignment{lease.mail.id, {sender, lease.mail.to}, letter, &held_.at(lease.token).until, lease.refused_by,
                            begin_before};
    const Reply reply = co_await transport_->send(std::move(consignment));
    --on_wire_;
    if (reply.failure == Reply::Failure::not_begun) {
        services_.log.debug("mail.not_begun", {{"mail", lease.mail.id}});
        co_return give_back(lease);
    }
    const auto now = services_.clock.now();
    const auto policy = retry_of(lease, *snapshot, now);
    Outcome outcome = judge(reply, attempt_of(lease, now), policy, now);
    // No relay was up, and its last outcome says so already: one more for each look would tell nothing.
    const bool known = !outcome.attempted && outcome.verdict == Verdict::retry && outcome.reason == lease.waited_for;
    if (known && reply.stage <= Stage::auth) co_return give_back(lease);
    if (services_.troubles != nullptr && outcome.verdict == Verdict::delivered) services_.troubles->took_mail(reply.relay);
    if (services_.brake != nullptr &&
        services_.brake->stops(lease.mail.account, outcome, snapshot->settings.platform.delivery.brake)) {
        Outcome later = judge(doubted(reply), attempt_of(lease, now), policy, now);
        outcome = co_await services_.brake->hold(lease.mail.account, reply, std::move(later));
    }
    conclude(settle_sent(lease, reply, outcome, *letter, services_.clock.now(), services_.log));
}

// On the lane's own loop, so that it fails to come when a piece of work keeps the thread.
Task<void> Lane::beat() {
    while (!load_.ended()) {
        beat_ = std::chrono::steady_clock::now();
        co_await next_beat_.wait_for(beat_interval);
    }
}

}  // namespace ilbud
