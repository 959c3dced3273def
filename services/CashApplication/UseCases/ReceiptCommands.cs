using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why an allocation is taken back.</summary>
public sealed record ReverseAllocationRequest(string Reason);

/// <summary><c>POST /v1/receipts/{id}/allocations/{allocationId}/reverse</c>.</summary>
public static class ReverseAllocation
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/allocations/{allocationId:guid}/reverse", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Takes an allocation back");

    private static Task<IResult> Handle(
        Guid id, Guid allocationId, ReverseAllocationRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.TakeBackAsync(
            id, matching, (receipt, _) => ReceiptDecider.Unapply(receipt, id, [allocationId], request.Reason),
            request.Reason);
}

/// <summary>Whose money it is.</summary>
/// <param name="Reason">Why, where the person says so, in up to 500 characters.</param>
public sealed record IdentifyReceiptRequest(Guid CustomerId, string? Reason = null);

/// <summary><c>POST /v1/receipts/{id}/customer</c>.</summary>
public static class IdentifyReceipt
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/customer", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .WithTags("Receipts")
        .WithSummary("Says whose money a receipt is");

    private static async Task<IResult> Handle(
        Guid id, IdentifyReceiptRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (new Validation().Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem)
            return problem;
        var (known, _) = await command.Store.LoadAsync(ReceiptStream.Type, id, command.Cancellation);
        if (!known.Exists)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(id));
        if (command.Guard(known) is { } outsider)
            return await command.RefuseAsync(outsider);
        if (await command.Store.Database.CustomerAsync(request.CustomerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(ReceiptRefusals.UnknownCustomer(request.CustomerId));
        if (customer.LegalEntity != known.LegalEntity)
            return await command.RefuseAsync(ReceiptRefusals.OtherEntitysCustomer(customer.Number, known.LegalEntity));
        var deadlines = await matching.DeadlinesAsync(known.LegalEntity, command.Cancellation);
        return await command.DecideAsync(
            ReceiptStream.Type, id,
            receipt => command.Guard(receipt) is { } denied
                ? denied
                : ReceiptDecider.Identify(
                    receipt, id, request.CustomerId, "person", deadlines, Ids.Next(command.Clock)),
            decided => Reply.Ok(ReceiptView.Of(id, decided.State, decided.Version, []), decided.Version),
            request.Reason);
    }
}

/// <summary>Why the money is gone again, and the bank's code for it.</summary>
/// <param name="Amount">How much of it; all where it is not named.</param>
/// <param name="Allocations">Which allocations a part is taken from once nothing is free; else the newest.</param>
/// <param name="Reference">What tells a part from others of the receipt, the bank's reference of its debit for
/// instance: a part is reversed once, however often it is asked for. An amount takes one.</param>
public sealed record ReverseReceiptRequest(
    string Reason, string? Code = null, Money? Amount = null, IReadOnlyList<Guid>? Allocations = null,
    string? Reference = null);

/// <summary><c>POST /v1/receipts/{id}/reverse</c>.</summary>
public static class ReverseReceipt
{
    private const int MostAllocations = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/reverse", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Voids a receipt or a part of it: returned, charged back, or recorded in error");

    private static async Task<IResult> Handle(
        Guid id, ReverseReceiptRequest request, HttpCommand command, ReceiptMatching matching)
    {
        var validation = new Validation().Required("/reason", request.Reason, max: 20)
            .Optional("/code", request.Code, max: 20);
        var told = request.Amount is null
            ? validation.Optional("/reference", request.Reference, max: 100)
            : validation.Required("/reference", request.Reference, max: 100);
        if (told.Problem is { } problem)
            return problem;

        if (request.Allocations is { Count: > MostAllocations })
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MostAllocations, "/allocations"));
        var reversalId = Ids.From("reversal", id.ToString("N"), request.Reference ?? "");
        return await command.TakeBackAsync(
            id, matching,
            (receipt, deadlines) => request.Amount is { } amount
                ? ReceiptDecider.ReversePart(
                    receipt, id,
                    new PartialReversal(reversalId, amount, request.Reason, request.Code, request.Allocations),
                    deadlines)
                : ReceiptDecider.Reverse(receipt, id, request.Reason, request.Code, deadlines.Today),
            request.Reason);
    }
}

/// <summary>What commands on receipts have in common.</summary>
internal static class ReceiptCommands
{
    /// <summary>
    /// Why the caller may not touch this receipt, or null; one that does not exist is the decider's to refuse.
    /// </summary>
    public static Refusal? Guard(this HttpCommand command, Receipt receipt) =>
        receipt.Exists ? command.Caller.Deny(receipt.LegalEntity) : null;

    /// <summary>Decides on one receipt and answers with it: 200, or 202 where Invoicing must answer first.</summary>
    public static Task<IResult> OnReceiptAsync(
        this HttpCommand command, Guid id, Func<Receipt, Decision> decide, string? reason = null,
        bool accepted = false) =>
        command.DecideAsync(
            ReceiptStream.Type, id,
            receipt => command.Guard(receipt) is { } denied ? denied : decide(receipt),
            decided =>
            {
                var view = ReceiptView.Of(id, decided.State, decided.Version, []);
                return accepted
                    ? Reply.Accepted($"/v1/receipts/{id}", view, decided.Version)
                    : Reply.Ok(view, decided.Version);
            },
            reason);

    /// <summary>The same, as of today where the receipt's legal entity is and with the days of its policy.</summary>
    public static async Task<IResult> OnReceiptAsync(
        this HttpCommand command, Guid id, ReceiptMatching matching, Func<Receipt, Deadlines, Decision> decide,
        string? reason = null)
    {
        var (known, _) = await command.Store.LoadAsync(ReceiptStream.Type, id, command.Cancellation);
        if (!known.Exists)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(id));
        if (command.Guard(known) is { } outsider)
            return await command.RefuseAsync(outsider);
        var deadlines = await matching.DeadlinesAsync(known.LegalEntity, command.Cancellation);
        return await command.OnReceiptAsync(id, receipt => decide(receipt, deadlines), reason);
    }

    /// <summary>
    /// Decides on one receipt what takes back what was applied, lets go of the advices that it follows no longer by
    /// that, and answers with the receipt (202).
    /// </summary>
    public static Task<IResult> TakeBackAsync(
        this HttpCommand command, Guid id, ReceiptMatching matching, Func<Receipt, Deadlines, Decision> decide,
        string reason) =>
        command.CommitAsync(async cancellation =>
        {
            var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (!receipt.Exists)
                return ReceiptRefusals.NotFound(id);
            if (command.Guard(receipt) is { } outsider)
                return outsider;
            command.Expect(version);
            var decided = decide(receipt, await matching.DeadlinesAsync(receipt.LegalEntity, cancellation));
            if (decided.Refusal is { } refusal)
                return refusal;
            var batch = new WriteBatch(command.Metadata(reason))
                .Append(ReceiptStream.Type, id, version, decided.Events);
            await matching.ReleaseRemittancesAsync(batch, id, receipt, decided.Events, cancellation);
            return new ReceiptWrite(
                batch, decided.Events.Aggregate(receipt, Receipt.Evolve), version + decided.Events.Count, null)
                .ToPlan(id);
        });

    /// <summary>The write that asks for what a person decided, held against what is available at this moment.</summary>
    public static async Task<ReceiptWrite> ApplyAsync(
        this HttpCommand command, ReceiptMatching matching, Guid id, Receipt receipt, long version, Guid owner,
        AllocationDecision decision, CancellationToken cancellation, string? reason = null)
    {
        var deadlines = await matching.DeadlinesAsync(receipt.LegalEntity, cancellation);
        var decided = ReceiptDecider.Request(
            receipt, id, owner, "allocation", decision, deadlines.Today,
            deadlines.Aside(AsideReasons.Remainder, "Something is left after what a person applied."));
        if (decided.Refusal is { } refusal)
            return refusal;
        var batch = new WriteBatch(command.Metadata(reason))
            .GuardPromises(ReceiptMatching.Promises(decision))
            .Append(ReceiptStream.Type, id, version, decided.Events);
        return new ReceiptWrite(
            batch, decided.Events.Aggregate(receipt, Receipt.Evolve), version + decided.Events.Count, null);
    }

    /// <summary>Today where the legal entity is.</summary>
    public static async Task<DateOnly> TodayAsync(this HttpCommand command, string legalEntity)
    {
        var entity = await command.Store.Database.LegalEntityAsync(legalEntity, command.Cancellation);
        return command.Clock.Today(entity!.TimeZone);
    }
}

/// <summary>A write about one receipt and the receipt after it, or why there is none.</summary>
internal sealed record ReceiptWrite(WriteBatch? Batch, Receipt? After, long Version, Refusal? Refusal)
{
    public static implicit operator ReceiptWrite(Refusal refusal) => new(null, null, 0, refusal);

    public Plan ToPlan(Guid id) => Refusal is { } no ? no : Plan.Write(
        Batch!, Reply.Accepted($"/v1/receipts/{id}", ReceiptView.Of(id, After!, Version, []), Version));
}
