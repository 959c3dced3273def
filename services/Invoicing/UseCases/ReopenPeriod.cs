using Dapper;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Opens the latest closed period again, once those approve who must.</summary>
public static class ReopenPeriod
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept with the request for approval and in the history.</param>
    public sealed record Request(string Reason);

    /// <summary>The period that is to be opened; stored where it waits for an approval.</summary>
    public sealed record Wish(string LegalEntity, string Period);

    /// <summary>What was reported at the end of the period, in the books' currency.</summary>
    private const string Receivables =
        "select coalesce(sum(base_amount), 0) from subledger_entries " +
        "where legal_entity = @entity and posting_date <= @day";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/periods/{entity}/{period}/reopen", HandleAsync)
        .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin)
        .Produces<PeriodView>()
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Open a closed period again");

    private static async Task<IResult> HandleAsync(
        string entity, string period, Request request, HttpCommand command, ApprovalGate gate)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        return await command.CommitAsync(async cancellation =>
        {
            var (definition, refusal) = await ReadPeriods.FindAsync(
                entity, command.Caller, command.Store, cancellation);
            if (definition is null)
                return refusal!;
            if (Refusal.Unexplained(request.Reason) is { } unexplained)
                return unexplained;
            var calendar = await LoadAsync(entity, command.Store, cancellation);
            command.Expect(calendar.Version);
            if (!await gate.IsJudgedAsync(ApprovalKinds.PeriodReopening, entity, cancellation)
                && !command.Caller.Scopes.Contains(Scopes.Admin))
                return PeriodRefusals.NobodyApproves(entity);
            var owed = await OwedAsync(entity, definition.BaseCurrency, month, command.Store, cancellation);
            var wish = new ApprovalWish<Wish>(
                ApprovalKinds.PeriodReopening, entity, owed,
                $"Reopening of {month} of {entity}, which reports {owed} of receivables", new Wish(entity, period),
                request.Reason);
            return await gate.PassAsync(
                command, wish, Write(entity, month, calendar, null, command.Metadata(request.Reason)));
        });
    }

    /// <summary>What was approved, where it is the latest closed period still.</summary>
    internal static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation) =>
        Write(
            wish.LegalEntity, Period.Parse(wish.Period),
            await LoadAsync(wish.LegalEntity, grant.Command.Store, cancellation), grant.ApprovalId, grant.Metadata);

    private static Plan Write(
        string entity, Period month, Loaded<AccountingCalendar> calendar, Guid? approvalId, EventMetadata metadata)
    {
        var decision = PeriodDecider.Reopen(calendar.State, entity, month, approvalId);
        if (decision.Refusal is { } refusal)
            return refusal;
        var state = decision.Events.Aggregate(calendar.State, AccountingCalendar.Evolve);
        var version = calendar.Version + decision.Events.Count;
        return Plan.Write(
            new WriteBatch(metadata).Guard(ClosePeriod.Alone(entity)).Append(
                AccountingCalendarStream.Type, AccountingCalendarStream.Id(entity), calendar.Version, decision.Events),
            Reply.Ok(PeriodView.Of(entity, month, state, version), version));
    }

    private static Task<Loaded<AccountingCalendar>> LoadAsync(
        string entity, EventStore store, CancellationToken cancellation) =>
        store.LoadAsync(AccountingCalendarStream.Type, AccountingCalendarStream.Id(entity), cancellation);

    /// <summary>A matrix that is silent lets everybody do a thing; closed books are not among those things.</summary>
    private static async Task<Money> OwedAsync(
        string entity, string baseCurrency, Period month, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var owed = await connection.ExecuteScalarAsync<decimal>(new CommandDefinition(
            Receivables, new { entity, day = month.LastDay }, cancellationToken: cancellation));
        return Money.Of(Math.Abs(owed), baseCurrency);
    }
}
