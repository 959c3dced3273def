using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Where a run is.</summary>
public enum DunningRunStatus
{
    /// <summary>It has not seen to all customers yet; it goes on by itself.</summary>
    Running,

    /// <summary>It has seen to all customers.</summary>
    Finished,

    /// <summary>Its day ended before; who is left is the next run's.</summary>
    BrokenOff,
}

/// <summary>A dunning run, or the preview of one.</summary>
/// <param name="Id">The run; null for a preview, which leaves nothing behind.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Playbook">Code of the playbook of customers that neither a rule nor a person gives another.</param>
/// <param name="PlaybookVersion">Version of that playbook.</param>
/// <param name="Notices">One per customer with something due, those that are blocked included: the first 250 of
/// them. All are in <c>…/notices</c>.</param>
/// <param name="ByClock">The legal entity's schedule started it, and no person.</param>
/// <param name="NoticeCount">How many there are; while it runs so far, in a preview of the customers it saw to.</param>
/// <param name="Status">Where it is; null for a preview.</param>
/// <param name="Next">Where the preview of the other customers begins (<c>after</c>); null where there are none.
/// </param>
public sealed record DunningRunView(
    Guid? Id, string LegalEntity, DateOnly Date, string Playbook, long PlaybookVersion,
    IReadOnlyList<RunNoticeView> Notices, bool ByClock, int NoticeCount, DunningRunStatus? Status,
    Guid? Next = null)
{
    /// <summary>So many notices are shown with a run.</summary>
    internal const int Shown = 250;
}

/// <summary>What a run decided about one customer.</summary>
/// <param name="Number">Its place in the run, from 1.</param>
/// <param name="NoticeId">The notice; null in a preview and where it is blocked.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Step">Code of the playbook step; empty, and nothing asked for, where it is blocked by <c>fault</c>.
/// </param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="Items">What it asks for, oldest first.</param>
/// <param name="Amount">Sum in the currency of the account, or in the first one there is.</param>
/// <param name="Totals">Sums in every currency.</param>
/// <param name="BlockedBy">Why it is not sent, or null; <c>fault</c> where the notice could not be made, and the next
/// run tries again.</param>
/// <param name="Status">Where the notice is by now; null where there is none.</param>
/// <param name="Playbook">Code of the customer's playbook; null where it is that of the run.</param>
/// <param name="PlaybookVersion">Which version of it; null where it is that of the run.</param>
/// <param name="Fee">What it costs the customer; null for nothing.</param>
/// <param name="Deductions">What the customer has to its credit, taken off the totals; null for nothing.</param>
/// <param name="FeeDocumentId">The debit memo the fee is charged with, once Invoicing has answered.</param>
/// <param name="FeeDocument">Number of that debit memo.</param>
/// <param name="FeeRefusal">Code of why Invoicing has not charged it, or null.</param>
public sealed record RunNoticeView(
    int Number, Guid? NoticeId, Guid CustomerId, string Step, NoticeChannel Channel, IReadOnlyList<NoticeItem> Items,
    Money Amount, IReadOnlyList<Money> Totals, string? BlockedBy, NoticeStatus? Status, string? Playbook,
    long? PlaybookVersion, Money? Fee, IReadOnlyList<Deduction>? Deductions = null,
    Guid? FeeDocumentId = null, string? FeeDocument = null, string? FeeRefusal = null)
{
    internal static RunNoticeView Of(int number, RunNotice notice, NoticeStatus? status) => new(
        number, notice.NoticeId, notice.CustomerId, notice.Step, notice.Channel, notice.Items, notice.Totals[0],
        notice.Totals, notice.BlockedBy, status, notice.Playbook, notice.PlaybookVersion, notice.Fee,
        notice.Deductions);
}

/// <summary>
/// A person starts a run, or looks at what one would do. Where a schedule says so the clock starts one every day
/// (<see cref="DunningClock"/>).
/// </summary>
public static class StartDunningRun
{
    /// <summary>What to run.</summary>
    /// <param name="LegalEntity">Whose receivables.</param>
    /// <param name="Date">Day of the run; today of the legal entity without it.</param>
    /// <param name="Preview">Only show what it would do.</param>
    /// <param name="Playbook">Code of the playbook of customers that neither a rule of the policy nor a person gives
    /// another; without it that of the schedule, else <c>standard</c>.</param>
    /// <param name="After">A preview sees to 5,000 customers at most; this is the <c>next</c> of the one before.
    /// </param>
    public sealed record Request(
        string LegalEntity, DateOnly? Date = null, bool Preview = false, string? Playbook = null, Guid? After = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/dunning-runs", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<DunningRunView>(StatusCodes.Status201Created)
        .Produces<DunningRunView>()
        .WithSummary("Run dunning for a day, or preview it");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, LegalEntities entities, PolicyBook policies, PlaybookBook playbooks,
        DunningRunner runner, DunningPreviews previews)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await entities.FindAsync(request.LegalEntity, command.Cancellation) is not { } entity)
            return await command.RefuseAsync(DunningRefusals.UnknownLegalEntity(request.LegalEntity));
        if (request.Playbook is { } code && await playbooks.FindAsync(code, command.Cancellation) is null)
            return await command.RefuseAsync(PlaybookRefusals.Unknown(code));
        var today = command.Clock.Today(entity.TimeZone);
        var date = request.Date ?? today;
        if (date < today.AddYears(-1) || date > today.AddYears(1))
            return Problems.Malformed("bad-date", "/date", "A run is for a day within a year of today.");
        if (date > today && !request.Preview)
            return await command.RefuseAsync(DunningRefusals.DateInFuture(date, today));
        if (request is { After: not null, Preview: false })
            return Problems.Malformed("no-preview", "/after", "Only a preview begins after a customer.");

        var policy = await policies.InForceAsync(entity.Code, command.Cancellation);
        var order = new DunningOrder(
            entity, date, await playbooks.OfEntityAsync(policy, request.Playbook, command.Cancellation));
        if (request.Preview)
        {
            var (shown, count, next) = await previews.PreviewAsync(
                order, request.After ?? Guid.Empty, DunningRunView.Shown, command.Cancellation);
            return Results.Json(View(order, null, shown, count, null) with { Next = next }, Json.Wire);
        }

        try
        {
            return await StartAsync(command, runner, order, isPartMade: true);
        }
        catch (Exception error) when (
            CommitResult.LeftNothing(error) && !command.Cancellation.IsCancellationRequested)
        {
            // Whoever goes on with the run meets it again, tells of it, and passes over the customer at fault.
            return await StartAsync(command, runner, order, isPartMade: false);
        }
    }

    private static Task<IResult> StartAsync(
        HttpCommand command, DunningRunner runner, DunningOrder order, bool isPartMade) =>
        command.CommitAsync(async cancellation =>
        {
            var runs = await command.Store.LoadAsync(
                DunningRunsStream.Type, DunningRunsStream.Id(order.Entity.Code), cancellation);
            if (runs.State.UnderWay is { } underWay)
                return DunningRefusals.UnderWay(underWay);
            var batch = new WriteBatch(command.Metadata());
            var (id, notices, isFinished) = await runner.StartAsync(
                batch, runs, order, isPartMade, cancellation);
            var status = isFinished ? DunningRunStatus.Finished : DunningRunStatus.Running;
            return Plan.Write(batch, Reply.Created(
                $"/v1/collections/dunning-runs/{id}", View(order, id, notices, notices.Count, status)));
        });

    private static DunningRunView View(
        DunningOrder order, Guid? runId, IReadOnlyList<RunNotice> notices, int count, DunningRunStatus? status) => new(
        runId, order.Entity.Code, order.Date, order.Playbooks.Usual, order.UsualVersion,
        [
            .. notices.Take(DunningRunView.Shown).Select((notice, at) => RunNoticeView.Of(
                at + 1, notice, notice.NoticeId is null ? null : NoticeStatus.Prepared)),
        ],
        order.ByClock, count, status);
}
