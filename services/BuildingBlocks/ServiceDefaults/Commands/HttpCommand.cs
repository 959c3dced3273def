using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// One changing request: who asks, what version they saw, under which Idempotency-Key; and the two ways to change
/// something and answer. Injected into minimal API handlers.
/// </summary>
public sealed class HttpCommand
{
    private readonly HttpContext _http;
    private long? _present;

    internal HttpCommand(HttpContext http, EventStore store, TimeProvider clock) =>
        (_http, Store, Clock, Caller) = (http, store, clock, Caller.Of(http));

    /// <summary>Who asks.</summary>
    public Caller Caller { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The service's event store.</summary>
    public EventStore Store { get; }

    /// <summary>Ends when the request takes too long; not when its caller goes away (<see cref="HangUps"/>).</summary>
    public CancellationToken Cancellation => _http.RequestAborted;

    /// <summary>The version named by If-Match, or null; a malformed one ends the request with 400.</summary>
    private long? ExpectedVersion => EntityTag.Expected(_http.Request);

    /// <summary>
    /// The Idempotency-Key, or null. <see cref="DecideAsync"/> and <c>CommitAsync</c> use it by themselves; a use case
    /// that runs its own transaction puts <see cref="IdempotencyKey.Claim"/> into it and answers losers with
    /// <see cref="IdempotencyKey.FindAsync(Npgsql.NpgsqlDataSource, CancellationToken)"/>.
    /// </summary>
    public IdempotencyKey? Key => IdempotencyKey.Of(_http);

    /// <summary>
    /// Says, inside <c>CommitAsync</c> and once the caller may know it, at which version that stands which the request
    /// names: whatever is built then, nothing is written where If-Match names another one (412). Without this word
    /// nothing is written where there is an If-Match at all (400).
    /// </summary>
    public void Expect(long version) => _present = version;

    /// <summary>
    /// The same where nothing else of that stream is needed: it is read only where the request has an If-Match.
    /// </summary>
    public async Task ExpectAsync<TState>(StreamType<TState> type, Guid streamId)
        where TState : class
    {
        if (ExpectedVersion is not null)
            Expect((await Store.LoadAsync(type, streamId, Cancellation)).Version);
    }

    /// <summary>Who, why, and the trace, for the events of this request.</summary>
    public EventMetadata Metadata(string? reason = null) => new(
        By: Caller.Subject,
        CorrelationId: CorrelationId(),
        CausationId: _http.TraceIdentifier,
        Reason: reason,
        TraceParent: Activity.Current?.Id);

    /// <summary>
    /// Decides on one stream and answers. Appends, read models and the stored answer commit together in one round trip.
    /// </summary>
    /// <param name="type">The kind of stream.</param>
    /// <param name="streamId">The stream; it need not exist.</param>
    /// <param name="decide">State in, decision out; pure, may run several times.</param>
    /// <param name="reply">The answer once decided; pure, may run several times.</param>
    /// <param name="reason">What the caller gave as the reason; kept with the events.</param>
    /// <param name="onDuplicate">The refusal for a unique constraint of the service's tables; 409 <c>already-exists</c>
    /// without.</param>
    /// <param name="with">Adds rows that must commit with the decision.</param>
    /// <param name="refresh">Loads again what the decision rests on beside the stream.</param>
    public async Task<IResult> DecideAsync<TState>(
        StreamType<TState> type, Guid streamId, Func<TState, Decision> decide, Func<Decided<TState>, Reply> reply,
        string? reason = null, Func<string, Refusal>? onDuplicate = null,
        Action<WriteBatch, Decided<TState>>? with = null, Func<CancellationToken, Task>? refresh = null)
        where TState : class
    {
        Reply? answer = null;
        var decided = await Store.DecideAsync(
            type, streamId, Metadata(reason), decide, ExpectedVersion,
            (batch, outcome) =>
            {
                answer = reply(outcome);
                if (Key is { } key)
                    batch.Guard(key.Claim(answer));
                with?.Invoke(batch, outcome);
            },
            refresh, Cancellation);
        return decided.Status switch
        {
            DecideStatus.Done => answer!,
            DecideStatus.KeyTaken => await ReplayAsync(),
            DecideStatus.Refused => await RefuseAsync(decided.Refusal!),
            DecideStatus.WrongVersion => await AnswerAsync(WrongVersion(decided, decide)),
            DecideStatus.Duplicate => await AnswerAsync(Duplicate(onDuplicate?.Invoke(decided.Constraint!))),
            _ => throw new InvalidOperationException($"A request cannot end as {decided.Status}."),
        };
    }

    /// <summary>
    /// Commits what <paramref name="build"/> puts together, over any number of streams, and answers. After a version
    /// conflict it is built again, so it must load what it decides on each time.
    /// </summary>
    public Task<IResult> CommitAsync(
        Func<CancellationToken, Task<Plan>> build, Func<string, Refusal>? onDuplicate = null) =>
        CommitAsync(build, constraint => Task.FromResult(onDuplicate?.Invoke(constraint)));

    /// <summary>
    /// The same where the refusal of a duplicate, of whose constraint the name comes in, has to be looked for.
    /// </summary>
    public async Task<IResult> CommitAsync(
        Func<CancellationToken, Task<Plan>> build, Func<string, Task<Refusal?>> onDuplicate)
    {
        ArgumentNullException.ThrowIfNull(onDuplicate);
        ArgumentNullException.ThrowIfNull(build);
        var expected = ExpectedVersion;
        for (var round = 0; round < EventStore.MaxRounds; round++)
        {
            _present = null;
            var plan = await build(Cancellation);
            var no = (expected, _present) switch
            {
                ({ } seen, { } present) when seen != present => Problems.WrongVersion(present),
                ({ }, null) => plan.Problem ?? Problems.NothingToMatch(),
                _ => plan.Problem,
            };
            if (no is not null)
                return await AnswerAsync(no);
            var (result, reply) = await plan.CommitAsync(Store, Key, Cancellation);
            switch (result.Status)
            {
                case CommitStatus.Committed:
                    plan.Committed?.Invoke();
                    return reply;
                case CommitStatus.KeyTaken:
                    return await ReplayAsync();
                case CommitStatus.Duplicate:
                    return await AnswerAsync(Duplicate(await onDuplicate(result.Constraint!)));
                case CommitStatus.VersionConflict:
                    await Store.StandBackAsync(round, Cancellation);
                    break;
                default:
                    throw new InvalidOperationException($"A request cannot end as {result.Status}.");
            }
        }

        throw new ContentionException("several streams", Guid.Empty);
    }

    /// <summary>
    /// Does work that writes bit by bit and bears to be done again, and keeps its answer. Of requests with one
    /// Idempotency-Key one is at it at a time, and the others get its answer; of one instance one waits in the
    /// database, and the rest in memory. Where the process dies before that, nothing is kept and a repeat does the work
    /// anew.
    /// </summary>
    /// <param name="work">The work and its answer; only a <see cref="Reply"/> is kept.</param>
    /// <param name="until">Ends the work; by default <see cref="Cancellation"/>.</param>
    public async Task<IResult> RepeatableAsync(
        Func<CancellationToken, Task<IResult>> work, CancellationToken? until = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (ExpectedVersion is not null)
            return Problems.NothingToMatch();
        var end = until ?? Cancellation;
        if (Key is not { } key)
            return await work(end);
        using var place = await _http.RequestServices.GetRequiredService<KeyGates>().EnterAsync(key, Cancellation);
        var sessions = _http.RequestServices
            .GetRequiredKeyedService<NpgsqlDataSource>(EventStoreRegistration.Sessions);
        await using var turn = await key.TakeTurnAsync(sessions, Cancellation);
        if (await key.FindAsync(Store.Database, Cancellation) is { } stored)
            return stored;
        var answer = await work(end);
        return answer is Reply reply && !await key.KeepAsync(Store.Database, reply, end)
            ? await ReplayAsync()
            : answer;
    }

    /// <summary>
    /// Refuses, unless this request was already answered under its Idempotency-Key: a repeat whose first try succeeded
    /// must not hear that what it asked for is no longer possible.
    /// </summary>
    public Task<IResult> RefuseAsync(Refusal refusal) => AnswerAsync(Problems.From(refusal));

    private async Task<IResult> AnswerAsync(Problem no) =>
        Key is { } key && await key.FindAsync(Store.Database, Cancellation) is { } stored ? stored : no;

    private async Task<IResult> ReplayAsync() =>
        await Key!.FindAsync(Store.Database, Cancellation)
        ?? Problems.Unavailable("The answer stored under this Idempotency-Key has just expired. Try again.");

    private static Problem WrongVersion<TState>(Decided<TState> decided, Func<TState, Decision> decide)
        where TState : class =>
        decided.Version == 0 && decide(decided.State).Refusal is { Kind: RefusalKind.NotFound } missing
            ? Problems.From(missing)
            : Problems.WrongVersion(decided.Version);

    private static Problem Duplicate(Refusal? refusal) => Problems.From(
        refusal ?? Refusal.State("already-exists", "Something with these unique values exists already."));

    private string CorrelationId()
    {
        var given = _http.Request.Headers["X-Correlation-Id"].ToString();
        return given.Length is > 0 and <= 128 && !given.Any(char.IsControl) ? given : Problem.TraceIdOf(_http);
    }
}
