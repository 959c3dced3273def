using Npgsql;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Money that came in by another way than a statement.</summary>
/// <param name="ProcessorReference">What the processor of the payment calls it: the same payment is recorded once per
/// legal entity.</param>
/// <param name="PostingDate">Accounting date, in the calendar of the legal entity: up to 31 days ago, as of cash that
/// is entered after the day it was taken. Today where it is not told. A day that Invoicing has closed it moves
/// on. Where a statement has brought the money, the day of the statement's receipt stays.</param>
public sealed record RecordReceiptRequest(
    string LegalEntity, string Method, Money Amount, DateOnly ValueDate, Payer? Payer = null, string? Reference = null,
    string? BankAccount = null, string? CheckNumber = null, Guid? CustomerId = null, string? ProcessorReference = null,
    DateOnly? PostingDate = null);

/// <summary>
/// <c>POST /v1/receipts</c>: records, identifies, matches, and asks Invoicing to apply what is certain. Money that is
/// known already, by its processor's reference or by a statement, is no second receipt: 200 with the one there is.
/// </summary>
public static class RecordReceiptUseCase
{
    /// <summary>
    /// A value date further off is a slip of the year: it would earn every cash discount, or make all past due.
    /// </summary>
    private const int MostDaysAgo = 5 * 366;

    private const int MostDaysAhead = 2 * 366;

    /// <summary>The books of earlier days are told to others already.</summary>
    private const int MostDaysBack = 31;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .Produces<ReceiptView>(StatusCodes.Status201Created)
        .WithTags("Receipts")
        .WithSummary("Records a receipt and matches it");

    private static async Task<IResult> Handle(
        RecordReceiptRequest request, HttpCommand command, ReceiptNumbers numbers, ReceiptMatching matching,
        WakeUp<WaitingMatchService> wakeUp)
    {
        if (Check(request, command.Clock.Today("UTC")) is { } problem)
            return problem;
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var receiptId = Ids.Next(command.Clock);
        using var turn = await numbers.TurnAsync(request.LegalEntity, command.Cancellation);
        return await command.CommitAsync(async cancellation =>
        {
            var facts = await FactsAsync(
                request.LegalEntity, request.CustomerId, request.BankAccount, request.Amount.Currency, command);
            if (facts.Refusal is { } refusal)
                return refusal;
            if (await KnownAsync(request, command, cancellation) is { } known)
                return known;
            var today = command.Clock.Today(facts.Entity!.TimeZone);
            if (request.PostingDate is { } day && (day > today || day < today.AddDays(-MostDaysBack)))
                return ReceiptRefusals.BadPostingDate(today.AddDays(-MostDaysBack), today);
            var payment = PaymentOf(request);

            // First the number, then what a statement has brought: whatever it brings from then on moves the numbers.
            var drawn = await turn.DrawAsync(today.Year, cancellation);
            var payer = new Payer(payment.PayerName, payment.PayerAccount, payment.PayerBank);
            if (await EnteredReceipts.OnStatementAsync(command.Store.Database, request, payer, cancellation)
                is { } banked)
            {
                return await AnnounceAsync(request, payer, banked, command, matching, wakeUp, cancellation);
            }

            var settings = await matching.SettingsAsync(request.LegalEntity, cancellation);
            var sessions = await matching.SessionsAsync(request.LegalEntity, [payment], settings, cancellation);
            var match = sessions[payment.Amount.Currency].Match(payment);
            var apply = matching.DecisionOf(match);
            var decision = ReceiptDecider.Record(Receipt.Initial, new RecordReceipt(
                receiptId, drawn.Numbers[0], request.LegalEntity, request.Method, request.BankAccount,
                facts.Entity.AccountsFor(facts.BankAccount?.LedgerAccount), request.Amount, request.ValueDate,
                request.PostingDate ?? today, payer, payment.Remittance, request.CheckNumber, null, match.CustomerId,
                request.CustomerId is null ? match.IdentifiedBy : "caller",
                ProcessorReference: request.ProcessorReference), apply,
                ReceiptMatching.AsideOf(match, settings, today));
            if (decision.Refusal is { } no)
                return no;
            var receipt = decision.Events.Aggregate(Receipt.Initial, Receipt.Evolve);
            var batch = turn
                .Use(new WriteBatch(command.Metadata()).GuardPromises(ReceiptMatching.Promises(apply)), drawn)
                .Append(ReceiptStream.Type, receiptId, 0, decision.Events);
            ProcessorReferences.Claim(batch, request.LegalEntity, request.ProcessorReference, receiptId);
            await matching.ClaimRemittancesAsync(batch, [(receiptId, apply)], cancellation);
            return Plan.Write(batch, Reply.Created($"/v1/receipts/{receiptId}",
                ReceiptView.Of(
                    receiptId, receipt, decision.Events.Count, match.Chosen is null ? match.Suggestions : []),
                decision.Events.Count), () => MatchMetrics.Recorded([match]));
        },
        _ => ReceiptRefusals.RecordedJustNow(request.ProcessorReference ?? receiptId.ToString()));
    }

    /// <summary>The receipt that has this processor's reference already, or that it is another payment's; or null.
    /// </summary>
    private static async Task<Plan?> KnownAsync(
        RecordReceiptRequest request, HttpCommand command, CancellationToken cancellation)
    {
        if (request.ProcessorReference is not { } reference)
            return null;
        await using var find = command.Store.Database.CreateCommand(
            "select id from receipts where legal_entity = $1 and processor_reference = $2 limit 1");
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.LegalEntity });
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reference });
        if (await find.ExecuteScalarAsync(cancellation) is not Guid id)
            return null;
        var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
        return receipt.Balance.Amount == request.Amount
            && (receipt.Method == request.Method || receipt.IsAnnounced)
            ? Plan.Write(
                new WriteBatch(command.Metadata()), Reply.Ok(ReceiptView.Of(id, receipt, version, []), version))
            : ReceiptRefusals.ProcessorReferenceUsed(reference, id);
    }

    /// <summary>A statement has brought the money: what is entered is kept with its receipt, which is matched anew.
    /// </summary>
    private static async Task<Plan> AnnounceAsync(
        RecordReceiptRequest request, Payer payer, Guid id, HttpCommand command, ReceiptMatching matching,
        WakeUp<WaitingMatchService> wakeUp, CancellationToken cancellation)
    {
        var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
        var told = new Announcement(
            request.ProcessorReference, payer, request.Reference is null ? [] : [request.Reference],
            request.CheckNumber, request.CustomerId);
        var decided = ReceiptDecider.Announce(
            receipt, id, told, await matching.DeadlinesAsync(request.LegalEntity, cancellation),
            Ids.Next(command.Clock));
        if (decided.Refusal is { } refusal)
            return refusal;
        var after = decided.Events.Aggregate(receipt, Receipt.Evolve);
        var now = version + decided.Events.Count;
        var batch = new WriteBatch(command.Metadata()).Append(ReceiptStream.Type, id, version, decided.Events);
        ProcessorReferences.Claim(batch, request.LegalEntity, request.ProcessorReference, id);
        return Plan.Write(
            batch, Reply.Ok(ReceiptView.Of(id, after, now, []), now), wakeUp.Wake);
    }

    private static Payment PaymentOf(RecordReceiptRequest request) => new(
        request.Amount, request.Payer?.Name,
        request.Payer?.Account is { } account ? Iban.Normalize(account) : null,
        request.Reference is null ? [] : [request.Reference], request.CustomerId, request.ValueDate,
        request.CheckNumber,
        PayerBank: request.Payer is { Account: not null, Bank: { } bank } ? Iban.Normalize(bank) : null);

    private static Problem? Check(RecordReceiptRequest request, DateOnly today) => new Validation()
        .Required("/legalEntity", request.LegalEntity, max: 20)
        .Required("/method", request.Method, max: 20)
        .Check(
            request.ValueDate.DayNumber - today.DayNumber is >= -MostDaysAgo and <= MostDaysAhead, "/valueDate",
            "is years away from today")
        .PaymentDetails(
            request.Payer, request.Reference, request.BankAccount, request.CheckNumber, request.ProcessorReference)
        .Problem;

    /// <summary>What a caller may tell of a payment, come or on its way.</summary>
    internal static Validation PaymentDetails(
        this Validation validation, Payer? payer, string? reference, string? bankAccount, string? checkNumber,
        string? processorReference) => validation
        .Optional("/reference", reference, max: 2_000)
        .Optional("/bankAccount", bankAccount, max: 40)
        .Optional("/checkNumber", checkNumber, max: 40)
        .Optional("/processorReference", processorReference, max: 100)
        .Check(
            processorReference is null || !string.IsNullOrWhiteSpace(processorReference),
            "/processorReference", "is blank; leave it out where there is none")
        .Optional("/payer/name", payer?.Name)
        .Optional("/payer/account", payer?.Account, max: 60)
        .Optional("/payer/bank", payer?.Bank, max: 40);

    /// <summary>The legal entity and the bank account that a caller names; or why these or the customer do not fit.
    /// </summary>
    internal static async Task<(LegalEntityRow? Entity, BankAccountRow? BankAccount, Refusal? Refusal)> FactsAsync(
        string legalEntity, Guid? customer, string? bankAccount, Currency currency, HttpCommand command)
    {
        var (database, cancellation) = (command.Store.Database, command.Cancellation);
        if (await database.LegalEntityAsync(legalEntity, cancellation) is not { } entity)
            return (null, null, ReceiptRefusals.UnknownLegalEntity(legalEntity));
        if (customer is { } customerId)
        {
            if (await database.CustomerAsync(customerId, cancellation) is not { } owner)
                return (null, null, ReceiptRefusals.UnknownCustomer(customerId));
            if (owner.LegalEntity != entity.Code)
                return (null, null, ReceiptRefusals.OtherEntitysCustomer(owner.Number, entity.Code));
        }

        if (bankAccount is not { } code)
            return (entity, null, null);
        if (await database.BankAccountAsync(code, cancellation) is not { } account)
            return (null, null, ReceiptRefusals.UnknownBankAccount(code));
        if (account.LegalEntity != entity.Code)
            return (null, null, ReceiptRefusals.OtherEntitysBankAccount(code, entity.Code));
        return account.Currency != currency.Code
            ? (null, null, ReceiptRefusals.OtherBankAccountCurrency(code, Currency.Of(account.Currency)))
            : (entity, account, null);
    }
}
