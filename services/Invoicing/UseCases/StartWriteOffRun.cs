using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// <c>POST /v1/invoices/write-off-runs</c>: writes off what is left of many invoices and too small to look after. The
/// authority that is asked for is that for their sum, with what was written off of these invoices before, as it would
/// be for one, not that for all runs together; each is within the limit for small balances of the automation policy.
/// </summary>
public static class StartWriteOffRun
{
    /// <summary>Which small balances are to be written off.</summary>
    /// <param name="LegalEntity">Who is owed.</param>
    /// <param name="Limit">Largest rest of an installment, with what was written off of it before; at most what the
    /// automation policy says. Its currency is that of the invoices.</param>
    /// <param name="Reason">Why; not needed for a preview.</param>
    /// <param name="PostingDate">Accounting date, an open day; if null the day of the legal entity on which each is
    /// written off. Invoices with a posting after it are left out.</param>
    /// <param name="Skip">Invoices to leave out.</param>
    /// <param name="Total">What a preview came to; where it is another sum by now, nothing is done.</param>
    /// <param name="Preview">Only show what would be written off.</param>
    /// <param name="All">Also installments of which nothing is paid, credited or settled otherwise.</param>
    /// <param name="Fingerprint">That of a preview; where it would be other rests by now, nothing is done.</param>
    public sealed record Request(
        string LegalEntity, Money Limit, string? Reason = null, DateOnly? PostingDate = null,
        IReadOnlyList<Guid>? Skip = null, Money? Total = null, bool Preview = false, bool All = false,
        Guid? Fingerprint = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/write-off-runs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<WriteOffPreview>()
        .Produces<WriteOffRunView>(StatusCodes.Status202Accepted)
        .WithSummary("Write off the small balances of many invoices, or show which");

    private static async Task<IResult> HandleAsync(
        Request request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var (entity, _) = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(request.LegalEntity), command.Cancellation);
        if (entity.Definition is not { } books)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(request.LegalEntity));
        var today = command.Clock.Today(books.TimeZone);
        var wanted = new RestsWanted(
            request.LegalEntity, request.Limit, request.PostingDate ?? today, request.Skip ?? [], request.All);
        if (await CheckAsync(wanted, today, command, calendars) is { } refusal)
            return await command.RefuseAsync(refusal);
        if (request.Preview)
            return Reply.Ok(await PreviewAsync(wanted, books, command));
        var id = Ids.Next(command.Clock);
        return await command.CommitAsync(
            cancellation => PlanAsync(id, request, wanted, books, command, gate, cancellation));
    }

    /// <summary>
    /// Why nothing so small is written off on that day, or null. A softly closed day takes single adjustments alone.
    /// </summary>
    private static async Task<Refusal?> CheckAsync(
        RestsWanted wanted, DateOnly today, HttpCommand command, AccountingCalendars calendars)
    {
        if (!wanted.Limit.IsPositive)
            return WriteOffRunRefusals.LimitNotPositive();
        if (wanted.Skip.Count > WriteOffRunDecider.MaxItems)
            return WriteOffRunRefusals.TooManySkipped(WriteOffRunDecider.MaxItems);
        if (wanted.PostingDate > today)
            return WriteOffRunRefusals.InTheFuture(wanted.PostingDate, today);
        await calendars.RefreshAsync(command.Cancellation);
        if (calendars.Of(wanted.LegalEntity).Refuse(wanted.PostingDate, "/postingDate") is { } closed)
            return closed;
        var (policy, _) = await command.Store.LoadAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(wanted.LegalEntity), command.Cancellation);
        var limit = policy.SmallBalanceIn(wanted.Limit.Currency);
        return wanted.Limit > limit ? WriteOffRunRefusals.LimitAbovePolicy(wanted.Limit, limit) : null;
    }

    private static async Task<WriteOffPreview> PreviewAsync(
        RestsWanted wanted, LegalEntityDefined books, HttpCommand command)
    {
        var found = await SmallRests.FindAsync(
            command.Store.Database, wanted, books.BaseCurrency, WriteOffRunDecider.MaxItems + 1, command.Cancellation);
        SmallRestView[] items =
        [
            .. found.Take(WriteOffRunDecider.MaxItems).Select(one => new SmallRestView(
                one.Rest.InvoiceId, one.Rest.InvoiceNumber, one.Rest.Installment, one.Rest.CustomerId,
                one.CustomerName, one.DueDate, one.Amount, one.WrittenOff, one.Rest.Rest)),
        ];
        return new WriteOffPreview(
            wanted.LegalEntity, wanted.Limit, wanted.PostingDate, items.Length,
            Money.Sum(items.Select(item => item.Rest), wanted.Limit.Currency),
            WriteOffRunDecider.Fingerprint(found.Take(items.Length).Select(one => one.Rest)),
            found.Count > items.Length, items);
    }

    private static async Task<Plan> PlanAsync(
        Guid id, Request request, RestsWanted wanted, LegalEntityDefined books, HttpCommand command, ApprovalGate gate,
        CancellationToken cancellation)
    {
        var found = await SmallRests.FindAsync(
            command.Store.Database, wanted, books.BaseCurrency, WriteOffRunDecider.MaxItems, cancellation);
        var total = Money.Sum(found.Select(one => one.Rest.Rest), wanted.Limit.Currency);
        if (request.Total is { } expected && expected != total)
            return WriteOffRunRefusals.TotalChanged(expected, total);
        if (request.Fingerprint is { } seen && seen != WriteOffRunDecider.Fingerprint(found.Select(one => one.Rest)))
            return WriteOffRunRefusals.OthersFound();
        var by = command.Caller.Subject;
        var asked = new WriteOffRunRequested(
            wanted.LegalEntity, wanted.Limit, request.PostingDate, request.Reason ?? "", by,
            [.. found.Select(one => one.Rest)], total);
        var decided = WriteOffRunDecider.Request(WriteOffRun.Initial, asked, by);
        if (decided.Refusal is { } refusal)
            return refusal;
        return await gate.PassAsync(
            command, await WishAsync(id, asked, found, books, command, cancellation),
            Plan.Write(
                new WriteBatch(command.Metadata(asked.Reason)).Append(WriteOffRunStream.Type, id, 0, decided.Events),
                Accepted(id, decided.Events, null)),
            (batch, view) =>
            {
                batch.Append(WriteOffRunStream.Type, id, 0, [asked]);
                return Accepted(id, [asked], view.Id);
            });
    }

    /// <summary>
    /// Judged by the sum, with what was written off of these invoices and their chargebacks before; in the books by the
    /// booked rates, and where one lacks, by the highest band.
    /// </summary>
    private static async Task<ApprovalWish<GiveUp.Wish>> WishAsync(
        Guid id, WriteOffRunRequested asked, IReadOnlyList<FoundRest> found, LegalEntityDefined books,
        HttpCommand command, CancellationToken cancellation)
    {
        var (currency, inBooks) = (asked.Limit.Currency, Currency.Of(books.BaseCurrency));
        var (before, bookedBefore) = await SmallRests.WrittenOffAsync(
            command.Store.Database, [.. asked.Items.Select(item => item.InvoiceId).Distinct()], currency, inBooks,
            cancellation);
        var booked = currency == inBooks || found.Any(one => one.InBooks is null)
            ? null
            : Money.Sum(found.Select(one => one.InBooks!.Value), inBooks) + bookedBefore;
        return new ApprovalWish<GiveUp.Wish>(
            ApprovalKinds.WriteOff, asked.LegalEntity, asked.Total,
            $"Write-off of {asked.Items.Count} small balances of invoices, {asked.Total} together",
            new GiveUp.Wish(id, new GiveUp(asked.Reason), RunId: id), asked.Reason, InAll: asked.Total + before,
            InBooks: booked);
    }

    private static Reply Accepted(Guid id, IReadOnlyList<object> events, Guid? approvalId) => Reply.Accepted(
        $"/v1/invoices/write-off-runs/{id}",
        WriteOffRunView.Of(id, events.Aggregate(WriteOffRun.Initial, WriteOffRun.Evolve), events.Count, approvalId),
        events.Count);

    /// <summary>It is approved: it starts.</summary>
    internal static async Task<Plan> CarryOutAsync(Guid runId, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (run, version) = await grant.Command.Store.LoadAsync(WriteOffRunStream.Type, runId, cancellation);
        var decided = WriteOffRunDecider.Start(run, runId, grant.Command.Caller.Subject);
        return decided.Refusal is { } refusal ? refusal : Plan.Write(
            new WriteBatch(grant.Metadata).Append(WriteOffRunStream.Type, runId, version, decided.Events),
            Reply.Ok(WriteOffRunView.Of(runId, run, version)));
    }

    /// <summary>It is not.</summary>
    internal static async Task EndAsync(
        Guid runId, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventStore>();
        var (run, version) = await store.LoadAsync(WriteOffRunStream.Type, runId, cancellation);
        var decided = WriteOffRunDecider.Drop(
            run, runId, end.Reason ?? $"The request is {end.Status.ToString().ToLowerInvariant()}.");
        if (decided.Refusal is { } impossible)
            throw new InvalidOperationException($"Write-off run {runId}: {impossible.Detail}");
        batch.Append(WriteOffRunStream.Type, runId, version, decided.Events);
    }
}
