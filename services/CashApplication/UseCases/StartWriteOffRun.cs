using OrderToCash.Approvals;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Which small rests are to be given up.</summary>
/// <param name="Limit">Largest rest; at most what the cash policy allows. Its currency is that of the receipts.</param>
/// <param name="Reason">Why; not needed for a preview.</param>
/// <param name="EffectiveDate">Accounting date, today where the legal entity is if null. Receipts that anything
/// happened to after it are left out.</param>
/// <param name="Skip">Receipts to leave out.</param>
/// <param name="Total">What a preview came to; where it is another sum by now, nothing is done.</param>
/// <param name="Preview">Only show what would be given up.</param>
public sealed record WriteOffRunRequest(
    string LegalEntity, Money Limit, string? Reason = null, DateOnly? EffectiveDate = null,
    IReadOnlyList<Guid>? Skip = null, Money? Total = null, bool Preview = false);

/// <summary>
/// <c>POST /v1/receipts/write-off-runs</c>: gives up many rests of receipts that are too small to look after. The
/// authority that is asked for is that for their sum, as it would be for one rest; within the policy's limit for each.
/// </summary>
public static class StartWriteOffRun
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/write-off-runs", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<WriteOffPreview>()
        .Produces<WriteOffRunView>(StatusCodes.Status202Accepted)
        .WithTags("Write-off runs")
        .WithSummary("Gives up the small rests of many receipts, or shows which");

    private static async Task<IResult> Handle(
        WriteOffRunRequest request, HttpCommand command, ApprovalGate gate, ReceiptMatching matching)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await CheckAsync(request, command, matching) is { } refusal)
            return await command.RefuseAsync(refusal);
        var wanted = new RestsWanted(
            request.LegalEntity, request.Limit,
            request.EffectiveDate ?? await command.TodayAsync(request.LegalEntity), request.Skip ?? []);
        if (request.Preview)
            return Reply.Ok(await PreviewAsync(wanted, command));
        var id = Ids.Next(command.Clock);
        return await command.CommitAsync(cancellation => PlanAsync(id, request, wanted, command, gate, cancellation));
    }

    private static async Task<Refusal?> CheckAsync(
        WriteOffRunRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (await command.Store.Database.LegalEntityAsync(request.LegalEntity, command.Cancellation) is null)
            return ReceiptRefusals.UnknownLegalEntity(request.LegalEntity);
        if (!request.Limit.IsPositive)
            return ReceiptRefusals.AmountNotPositive("/limit");
        if (request.Skip is { Count: > WriteOffRunDecider.MaxItems })
            return ReceiptRefusals.TooMany(WriteOffRunDecider.MaxItems, "/skip");
        var today = await command.TodayAsync(request.LegalEntity);
        if (request.EffectiveDate > today)
            return WriteOffRunRefusals.InTheFuture(today);
        var settings = await matching.SettingsAsync(request.LegalEntity, command.Cancellation);
        var policy = settings.Policy.WriteOffLimit(request.Limit.Currency);
        return request.Limit > policy ? WriteOffRunRefusals.LimitAbovePolicy(request.Limit, policy) : null;
    }

    private static async Task<WriteOffPreview> PreviewAsync(RestsWanted wanted, HttpCommand command)
    {
        var found = await SmallRests.FindAsync(
            command.Store.Database, wanted, WriteOffRunDecider.MaxItems + 1, command.Cancellation);
        SmallRestView[] items =
        [
            .. found.Take(WriteOffRunDecider.MaxItems).Select(one => new SmallRestView(
                one.Rest.ReceiptId, one.Rest.ReceiptNumber, one.Rest.CustomerId, one.PayerName, one.ValueDate,
                one.Queue, one.Rest.Rest)),
        ];
        return new WriteOffPreview(
            wanted.LegalEntity, wanted.Limit, wanted.EffectiveDate, items.Length,
            Money.Sum(items.Select(item => item.Rest), wanted.Limit.Currency), found.Count > items.Length, items);
    }

    private static async Task<Plan> PlanAsync(
        Guid id, WriteOffRunRequest request, RestsWanted wanted, HttpCommand command, ApprovalGate gate,
        CancellationToken cancellation)
    {
        var found = await SmallRests.FindAsync(
            command.Store.Database, wanted, WriteOffRunDecider.MaxItems, cancellation);
        SmallRest[] items = [.. found.Select(one => one.Rest)];
        var total = Money.Sum(items.Select(item => item.Rest), wanted.Limit.Currency);
        if (request.Total is { } expected && expected != total)
            return WriteOffRunRefusals.TotalChanged(expected, total);
        var (by, reason) = (command.Caller.Subject, request.Reason ?? "");
        var wish = new WriteOffRunRequested(
            wanted.LegalEntity, wanted.Limit, wanted.EffectiveDate, reason, by, items, total);
        var decided = WriteOffRunDecider.Request(WriteOffRun.Initial, wish, by);
        if (decided.Refusal is { } refusal)
            return refusal;
        return await gate.PassAsync(
            command,
            new ApprovalWish<RestWish>(
                ApprovalKinds.WriteOff, wanted.LegalEntity, total,
                $"Write-off of {items.Length} rests of receipts, {total} together",
                new RestWish(Guid.Empty, Guid.Empty, reason, id), reason),
            Plan.Write(
                new WriteBatch(command.Metadata(reason)).Append(WriteOffRun.Type, id, 0, decided.Events),
                Accepted(id, decided.Events, null)),
            (batch, view) =>
            {
                batch.Append(WriteOffRun.Type, id, 0, [wish]);
                return Accepted(id, [wish], view.Id);
            });
    }

    private static Reply Accepted(Guid id, IReadOnlyList<object> events, Guid? approvalId) => Reply.Accepted(
        $"/v1/receipts/write-off-runs/{id}",
        WriteOffRunView.Of(id, events.Aggregate(WriteOffRun.Initial, WriteOffRun.Evolve), events.Count, approvalId),
        events.Count);

    /// <summary>It is approved: it starts.</summary>
    internal static async Task<Plan> CarryOutAsync(Guid runId, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (run, version) = await grant.Command.Store.LoadAsync(WriteOffRun.Type, runId, cancellation);
        var decided = WriteOffRunDecider.Start(run, runId, grant.Command.Caller.Subject);
        return decided.Refusal is { } refusal ? refusal : Plan.Write(
            new WriteBatch(grant.Metadata).Append(WriteOffRun.Type, runId, version, decided.Events),
            Reply.Ok(WriteOffRunView.Of(runId, run, version)));
    }

    /// <summary>It is not.</summary>
    internal static async Task EndAsync(
        Guid runId, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventStore>();
        var (run, version) = await store.LoadAsync(WriteOffRun.Type, runId, cancellation);
        var decided = WriteOffRunDecider.Drop(
            run, runId, end.Reason ?? $"The request is {end.Status.ToString().ToLowerInvariant()}.");
        if (decided.Refusal is { } impossible)
            throw new InvalidOperationException($"Write-off run {runId}: {impossible.Detail}");
        batch.Append(WriteOffRun.Type, runId, version, decided.Events);
    }
}
