using Npgsql;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Money on its way, or that may be.</summary>
/// <param name="Stage"><c>authorized</c>, <c>initiated</c>, <c>deposited</c> or <c>unknown</c>.</param>
/// <param name="ExpectedOn">The day on which the bank should have it.</param>
/// <param name="ExpiresOn">The last day on which it is waited for; some days later where it is left out.</param>
/// <param name="Reference">What it is for: numbers of invoices.</param>
/// <param name="ProcessorReference">What the processor calls it: told twice it is pending once, and the receipt that is
/// recorded with it is its money.</param>
public sealed record RecordPendingPaymentRequest(
    string LegalEntity, string Method, string Stage, Money Amount, DateOnly ExpectedOn, DateOnly? ExpiresOn = null,
    Guid? CustomerId = null, Payer? Payer = null, string? Reference = null, string? BankAccount = null,
    string? CheckNumber = null, string? ProcessorReference = null);

/// <summary>
/// <c>POST /v1/pending-payments</c>: says that money is on its way. Nothing of it is applied; as long as it is pending
/// nobody is dunned for what it is to pay. One that is known by its processor's reference is answered with as it is. A
/// debit is refused while a returned payment stops it (<see cref="DebitStops"/>): ask before it is sent.
/// </summary>
public static class RecordPendingPayment
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/pending-payments", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<PendingPaymentView>()
        .Produces<PendingPaymentView>(StatusCodes.Status201Created)
        .WithTags("Pending payments")
        .WithSummary("Says that money is on its way, or may be");

    private static async Task<IResult> Handle(
        RecordPendingPaymentRequest request, HttpCommand command, PendingPaymentRecorder recorder,
        WakeUp<IntakeService> wakeUp)
    {
        if (Check(request) is { } problem)
            return problem;
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var id = request.ProcessorReference is { } processor
            ? PendingPayment.IdOf(request.LegalEntity, processor)
            : Ids.Next(command.Clock);
        return await command.CommitAsync(async cancellation =>
        {
            var facts = await RecordReceiptUseCase.FactsAsync(
                request.LegalEntity, request.CustomerId, request.BankAccount, request.Amount.Currency, command);
            if (facts.Refusal is { } refusal)
                return refusal;
            var (pending, version) = await command.Store.LoadAsync(PendingPayment.Type, id, cancellation);
            var fact = FactOf(request, command.Clock.Today(facts.Entity!.TimeZone));
            var decided = PendingPaymentDecider.Record(pending, fact);
            if (decided.Refusal is { } no)
                return no;
            var batch = new WriteBatch(command.Metadata());
            if (decided.Events.Count == 0)
                return Plan.Write(batch, Reply.Ok(PendingPaymentView.Of(id, pending, version), version));
            if (await ReceivedAsync(request.LegalEntity, request.ProcessorReference, command) is { } receiptId)
                return PendingPaymentRefusals.AlreadyReceived(request.ProcessorReference!, receiptId);
            var added = await recorder.AddAsync(batch, request.LegalEntity, [(id, fact)], cancellation);

            // Whose it is may be known only now.
            if (request is { Method: "ach", Stage: PendingStages.Initiated }
                && await DebitStops.OfAsync(
                    command.Store.Database, request.LegalEntity,
                    request.CustomerId ?? added.Select(one => one.Fact.CustomerId).FirstOrDefault(),
                    fact.Payer.Bank, fact.Payer.Account, cancellation) is { } stopped)
            {
                return stopped;
            }

            // Somebody told it meanwhile: after the conflict it is answered with as it is.
            if (added.Count == 0)
                batch.Outdated();
            var now = PendingPayment.Evolve(pending, added is [var one] ? one.Fact : fact);
            return Plan.Write(
                batch, Reply.Created($"/v1/pending-payments/{id}", PendingPaymentView.Of(id, now, 1), 1), wakeUp.Wake);
        });
    }

    private static PendingPaymentRecorded FactOf(RecordPendingPaymentRequest request, DateOnly today) => new(
        request.LegalEntity, request.Method, request.Stage, request.Amount, today, request.ExpectedOn,
        request.ExpiresOn ?? request.ExpectedOn.AddDays(PendingPaymentDecider.DaysOfGrace),
        new Payer(
            request.Payer?.Name,
            request.Payer?.Account is { } account ? Iban.Normalize(account) : null,
            request.Payer is { Account: not null, Bank: { } bank } ? Iban.Normalize(bank) : null),
        request.Reference is null ? [] : [request.Reference], request.CustomerId,
        request.CustomerId is null ? null : "caller", request.BankAccount, request.CheckNumber,
        request.ProcessorReference, null, []);

    /// <summary>The receipt of the legal entity that has this processor's reference, or null.</summary>
    internal static async Task<Guid?> ReceivedAsync(string legalEntity, string? reference, HttpCommand command)
    {
        if (reference is null)
            return null;
        await using var find = command.Store.Database.CreateCommand(
            "select id from receipts where legal_entity = $1 and processor_reference = $2 and status <> 'reversed' " +
            "limit 1");
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reference });
        return await find.ExecuteScalarAsync(command.Cancellation) as Guid?;
    }

    private static Problem? Check(RecordPendingPaymentRequest request) => new Validation()
        .Required("/legalEntity", request.LegalEntity, max: 20)
        .Required("/method", request.Method, max: 20)
        .Required("/stage", request.Stage, max: 20)
        .Check(request.ExpectedOn.Year is >= 2000 and <= 2100, "/expectedOn", "is no day of these times")
        .PaymentDetails(
            request.Payer, request.Reference, request.BankAccount, request.CheckNumber, request.ProcessorReference)
        .Problem;
}
