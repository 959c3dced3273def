using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Presentations;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Somebody presents it, with this means of payment.</summary>
/// <param name="Method"><c>ach</c> or <c>card</c>.</param>
/// <param name="Instrument">The payer's account, or the processor's token of the card; never a card's number.</param>
/// <param name="Amount">Null for all that is payable.</param>
/// <param name="ExpectedOn">The day on which the bank should have it; today where it is left out.</param>
/// <param name="BankAccount">Code of the account it is to reach, or null.</param>
/// <param name="ProcessorReference">What the processor calls the payment, or null.</param>
public sealed record TakePresentationRequest(
    string Method, string Instrument, Money? Amount = null, DateOnly? ExpectedOn = null, string? BankAccount = null,
    string? ProcessorReference = null);

/// <summary>Why it is not presented.</summary>
public sealed record RefusePresentationRequest(string Reason);

/// <summary>The bank or the processor has declined it.</summary>
/// <param name="IsFinal">True for a hard decline: this means of payment is never presented again.</param>
public sealed record DeclinePresentationRequest(string Reason, bool IsFinal = false);

/// <summary>
/// CASH-17: <c>POST /v1/presentations/{id}/take</c>, <c>/refuse</c> and <c>/decline</c>. Whoever presents debits or
/// cards takes what is due, once: it becomes money on its way in the same write, which settles with its receipt.
/// Nothing is taken while a returned payment stops it, beyond what is to be paid, or more often than the scheme allows.
/// </summary>
public static class PresentPayment
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/presentations/{id:guid}/take", Take)
            .RequireScope(Scopes.CashWrite).Produces<PresentationView>().WithTags("Presentations")
            .WithSummary("Says that a payment is presented again");
        routes.MapPost("/v1/presentations/{id:guid}/refuse", Refuse)
            .RequireScope(Scopes.CashWrite).Produces<PresentationView>().WithTags("Presentations")
            .WithSummary("Says that a payment is not presented again");
        routes.MapPost("/v1/presentations/{id:guid}/decline", Decline)
            .RequireScope(Scopes.CashWrite).Produces<PresentedView>().WithTags("Presentations")
            .WithSummary("Says that the bank or the processor declined what was presented");
    }

    private static async Task<IResult> Take(
        Guid id, TakePresentationRequest request, HttpCommand command, PendingPaymentRecorder recorder)
    {
        if (Check(request) is { } problem)
            return problem;
        var instrument = request.Method == "ach" ? Iban.Normalize(request.Instrument) : request.Instrument.Trim();
        return await command.CommitAsync(async cancellation =>
        {
            // Before the row is read: whoever is quicker is seen in it, or makes this one be decided again.
            var (presentation, version) = await command.Store.LoadAsync(Presentation.Type, id, cancellation);
            var (row, refused) = await FindAsync(id, command, cancellation, request.Method, instrument);
            if (row is null)
                return refused!;
            command.Expect(version);
            var pendingId = request.ProcessorReference is { } reference
                ? PendingPayment.IdOf(row.LegalEntity, reference)
                : Ids.Next(command.Clock);
            var decided = PresentationDecider.Take(
                presentation, row.ToAsked(), request.Method, instrument, request.Amount, pendingId, row.Today);
            if (decided.Refusal is { } no)
                return no;
            var taken = (PresentationTaken)decided.Events[0];
            var batch = new WriteBatch(command.Metadata()).Append(Presentation.Type, id, version, decided.Events);
            if (await AddAsync(batch, taken, request, command, recorder, cancellation) is { } refusal)
                return refusal;
            var view = row.ToView() with
            {
                Status = PresentationStanding.StatusOf(PresentationStanding.UnderWay),
                Standing = PresentationStanding.UnderWay,
                Reason = PresentationStanding.WordsOf(PresentationStanding.UnderWay, null),
                Payable = Money.Zero(taken.Amount.Currency),
                Last = new PresentedView(
                    taken.Method, ShownAccount.Masked(instrument), taken.Amount, taken.On, pendingId, null),
            };
            return Plan.Write(batch, Reply.Ok(view, version + 1));
        });
    }

    /// <summary>Adds the money on its way that it becomes, or says why it cannot be.</summary>
    private static async Task<Refusal?> AddAsync(
        WriteBatch batch, PresentationTaken taken, TakePresentationRequest request, HttpCommand command,
        PendingPaymentRecorder recorder, CancellationToken cancellation)
    {
        var facts = await RecordReceiptUseCase.FactsAsync(
            taken.LegalEntity, taken.CustomerId, request.BankAccount, taken.Amount.Currency, command);
        if (facts.Refusal is { } unknown)
            return unknown;
        var account = taken.Method == "ach" ? taken.Instrument : null;
        if (account is not null && await DebitStops.OfAsync(
            command.Store.Database, taken.LegalEntity, taken.CustomerId, bank: null, account, cancellation)
            is { } stopped)
        {
            return stopped;
        }

        var (known, _) = await command.Store.LoadAsync(PendingPayment.Type, taken.PendingPaymentId, cancellation);
        if (known.Recorded is not null)
            return PendingPaymentRefusals.ReferenceUsed(request.ProcessorReference!);
        if (await RecordPendingPayment.ReceivedAsync(taken.LegalEntity, request.ProcessorReference, command)
            is { } receiptId)
        {
            return PendingPaymentRefusals.AlreadyReceived(request.ProcessorReference!, receiptId);
        }

        var expectedOn = request.ExpectedOn ?? taken.On;
        var told = new PendingPaymentRecorded(
            taken.LegalEntity, taken.Method,
            account is null ? PendingStages.Authorized : PendingStages.Initiated, taken.Amount, taken.On, expectedOn,
            expectedOn.AddDays(PendingPaymentDecider.DaysOfGrace), new Payer(null, account), [], taken.CustomerId,
            "caller", request.BankAccount, null, request.ProcessorReference, null, []);
        if (PendingPaymentDecider.Record(PendingPayment.Initial, told).Refusal is { } refusal)
            return refusal;
        var added = await recorder.AddAsync(batch, taken.LegalEntity, [(taken.PendingPaymentId, told)], cancellation);
        return added.Count == 0 ? PresentationRefusals.OnItsWay : null;
    }

    private static Task<IResult> Refuse(Guid id, RefusePresentationRequest request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var (row, refused) = await FindAsync(id, command, cancellation);
            if (row is null)
                return refused!;
            var (presentation, version) = await command.Store.LoadAsync(Presentation.Type, id, cancellation);
            command.Expect(version);
            var decided = PresentationDecider.Refuse(presentation, row.ToAsked(), request.Reason);
            if (decided.Refusal is { } no)
                return no;
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(Presentation.Type, id, version, decided.Events);
            var view = row.ToView() with
            {
                Status = PresentationStanding.Refused,
                Standing = PresentationStanding.Refused,
                Reason = PresentationStanding.WordsOf(PresentationStanding.Refused, request.Reason),
                Payable = Money.Zero(Currency.Of(row.Currency)),
            };
            return Plan.Write(batch, Reply.Ok(view, version + decided.Events.Count));
        });

    private static Task<IResult> Decline(Guid id, DeclinePresentationRequest request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var (row, refused) = await FindAsync(id, command, cancellation);
            if (row is null)
                return refused!;
            var (presentation, version) = await command.Store.LoadAsync(Presentation.Type, id, cancellation);
            command.Expect(version);
            var pendingId = presentation.Last?.PendingPaymentId ?? Guid.Empty;
            var (pending, pendingVersion) =
                await command.Store.LoadAsync(PendingPayment.Type, pendingId, cancellation);
            var decided = PresentationDecider.Decline(presentation, pending, request.Reason, request.IsFinal);
            if (decided.Refusal is { } no)
                return no;
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(Presentation.Type, id, version, decided.Events);
            if (decided.Events.Count > 0 && pending.Ended is null)
            {
                batch.Append(
                    PendingPayment.Type, pendingId, pendingVersion,
                    PendingPaymentDecider.Fail(pending, pendingId, request.Reason).Events);
            }

            var view = row.ToView().Last!;
            return Plan.Write(batch, Reply.Ok(view, version + decided.Events.Count));
        });

    /// <summary>What was asked for, where the caller may see it.</summary>
    private static async Task<(PresentationRow? Row, Refusal? Refusal)> FindAsync(
        Guid id, HttpCommand command, CancellationToken cancellation, string? method = null,
        string? instrument = null)
    {
        await using var connection = await command.Store.Database.OpenConnectionAsync(cancellation);
        var row = await PresentationFacts.FindAsync(
            connection, id, command.Clock.GetUtcNow(), cancellation, method, instrument);
        return row is null
            ? (null, PresentationRefusals.NotFound(id))
            : command.Caller.Deny(row.LegalEntity) is { } denied ? (null, denied) : (row, null);
    }

    private static Problem? Check(TakePresentationRequest request) => new Validation()
        .Required("/method", request.Method, max: 20)
        .Required("/instrument", request.Instrument, max: 60)
        .Check(
            request.ExpectedOn is null or { Year: >= 2000 and <= 2100 }, "/expectedOn", "is no day of these times")
        .PaymentDetails(null, null, request.BankAccount, null, request.ProcessorReference)
        .Problem;
}
