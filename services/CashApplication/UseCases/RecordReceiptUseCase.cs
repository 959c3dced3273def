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
public sealed record RecordReceiptRequest(
    string LegalEntity, string Method, Money Amount, DateOnly ValueDate, Payer? Payer = null, string? Reference = null,
    string? BankAccount = null, string? CheckNumber = null, Guid? CustomerId = null);

/// <summary>
/// <c>POST /v1/receipts</c>: records, identifies, matches, and asks Invoicing to apply what is certain.
/// </summary>
public static class RecordReceiptUseCase
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status201Created)
        .WithTags("Receipts")
        .WithSummary("Records a receipt and matches it");

    private static async Task<IResult> Handle(
        RecordReceiptRequest request, HttpCommand command, ReceiptNumbers numbers, ReceiptMatching matching)
    {
        if (Check(request) is { } problem)
            return problem;
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var receiptId = Ids.Next(command.Clock);
        using var turn = await numbers.TurnAsync(request.LegalEntity, command.Cancellation);
        return await command.CommitAsync(async cancellation =>
        {
            var facts = await FactsAsync(request, command, cancellation);
            if (facts.Refusal is { } refusal)
                return refusal;
            var today = command.Clock.Today(facts.Entity!.TimeZone);
            var settings = await matching.SettingsAsync(request.LegalEntity, cancellation);
            var payment = PaymentOf(request);
            var sessions = await matching.SessionsAsync(request.LegalEntity, [payment], settings, cancellation);
            var match = sessions[payment.Amount.Currency].Match(payment);
            var drawn = await numbers.DrawAsync(request.LegalEntity, today.Year, 1, cancellation);
            var apply = matching.DecisionOf(match);
            var decision = ReceiptDecider.Record(Receipt.Initial, new RecordReceipt(
                receiptId, drawn.Numbers[0], request.LegalEntity, request.Method, request.BankAccount,
                facts.Entity.AccountsFor(facts.BankAccount?.LedgerAccount), request.Amount, request.ValueDate,
                today, new Payer(payment.PayerName, payment.PayerAccount), payment.Remittance, request.CheckNumber,
                null, match.CustomerId, request.CustomerId is null ? match.IdentifiedBy : "caller"), apply,
                ReceiptMatching.AsideOf(match, settings, today));
            if (decision.Refusal is { } no)
                return no;
            var receipt = decision.Events.Aggregate(Receipt.Initial, Receipt.Evolve);
            var batch = new WriteBatch(command.Metadata())
                .GuardPromises(ReceiptMatching.Promises(apply))
                .Guard(drawn.Guard)
                .Append(ReceiptStream.Type, receiptId, 0, decision.Events);
            await matching.ClaimRemittancesAsync(batch, [(receiptId, apply)], cancellation);
            return Plan.Write(batch, Reply.Created($"/v1/receipts/{receiptId}",
                ReceiptView.Of(
                    receiptId, receipt, decision.Events.Count, match.Chosen is null ? match.Suggestions : []),
                decision.Events.Count), () => MatchMetrics.Recorded([match]));
        });
    }

    private static Payment PaymentOf(RecordReceiptRequest request) => new(
        request.Amount, request.Payer?.Name,
        request.Payer?.Account is { } account ? Iban.Normalize(account) : null,
        request.Reference is null ? [] : [request.Reference], request.CustomerId, request.ValueDate,
        request.CheckNumber);

    private static Problem? Check(RecordReceiptRequest request) => new Validation()
        .Required("/legalEntity", request.LegalEntity, max: 20)
        .Required("/method", request.Method, max: 20)
        .Optional("/reference", request.Reference, max: 2_000)
        .Optional("/bankAccount", request.BankAccount, max: 40)
        .Optional("/checkNumber", request.CheckNumber, max: 40)
        .Optional("/payer/name", request.Payer?.Name)
        .Optional("/payer/account", request.Payer?.Account, max: 60)
        .Problem;

    private static async Task<(LegalEntityRow? Entity, BankAccountRow? BankAccount, Refusal? Refusal)> FactsAsync(
        RecordReceiptRequest request, HttpCommand command, CancellationToken cancellation)
    {
        var database = command.Store.Database;
        if (await database.LegalEntityAsync(request.LegalEntity, cancellation) is not { } entity)
            return (null, null, ReceiptRefusals.UnknownLegalEntity(request.LegalEntity));
        if (request.CustomerId is { } customerId)
        {
            if (await database.CustomerAsync(customerId, cancellation) is not { } customer)
                return (null, null, ReceiptRefusals.UnknownCustomer(customerId));
            if (customer.LegalEntity != entity.Code)
                return (null, null, ReceiptRefusals.OtherEntitysCustomer(customer.Number, entity.Code));
        }

        if (request.BankAccount is not { } code)
            return (entity, null, null);
        if (await database.BankAccountAsync(code, cancellation) is not { } account)
            return (null, null, ReceiptRefusals.UnknownBankAccount(code));
        if (account.LegalEntity != entity.Code)
            return (null, null, ReceiptRefusals.OtherEntitysBankAccount(code, entity.Code));
        return account.Currency != request.Amount.Currency.Code
            ? (null, null, ReceiptRefusals.OtherBankAccountCurrency(code, Currency.Of(account.Currency)))
            : (entity, account, null);
    }
}
