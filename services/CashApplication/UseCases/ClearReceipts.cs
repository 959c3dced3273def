using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Which entered receipts a credit is the money of, and why somebody says so.</summary>
public sealed record ClearReceiptsRequest(IReadOnlyList<Guid> ReceiptIds, string Reason);

/// <summary>
/// <c>POST /v1/receipts/{id}/entered</c>: a receipt that a statement brought is the money of receipts that were
/// entered: of one that nothing told to be the same, or of all that a deposit or a processor's settlement is made of.
/// They go from the clearing account to the bank, and the statement's receipt is void.
/// </summary>
public static class ClearReceipts
{
    private const int MostReceipts = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/entered", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .WithTags("Receipts")
        .WithSummary("Says that a statement's credit is money that was entered already");

    private static async Task<IResult> Handle(
        Guid id, ClearReceiptsRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var entered = request.ReceiptIds.Distinct().ToArray();
        if (entered.Length == 0)
            return await command.RefuseAsync(ReceiptRefusals.NoReceipts);
        if (entered.Length > MostReceipts)
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MostReceipts, "/receiptIds"));
        return await command.CommitAsync(async cancellation =>
        {
            var (credit, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (command.Guard(credit) is { } outsider)
                return outsider;
            command.Expect(version);
            var today = (await matching.DeadlinesAsync(credit.LegalEntity, cancellation)).Today;
            var reversed = ReceiptDecider.ReverseAsEntered(credit, id, entered, today);
            if (reversed.Refusal is { } refusal)
                return refusal;
            var account = await command.Store.Database.BankAccountAsync(credit.BankAccount!, cancellation);
            var batch = new WriteBatch(command.Metadata(request.Reason));
            if (await AddAsync(batch, command, entered, Of(credit, account!), credit, today, cancellation) is { } no)
                return no;
            batch.Append(ReceiptStream.Type, id, version, reversed.Events);
            var (after, now) = (reversed.Events.Aggregate(credit, Receipt.Evolve), version + reversed.Events.Count);
            return Plan.Write(batch, Reply.Ok(ReceiptView.Of(id, after, now, []), now));
        });
    }

    private static Clearing Of(Receipt credit, BankAccountRow account) => new(
        new PayingAccount(account.Code, account.LedgerAccount), credit.Source!, credit.Payer, credit.Remittance,
        credit.Balance.CustomerId, credit.CheckNumber, credit.Documents);

    private static async Task<Refusal?> AddAsync(
        WriteBatch batch, HttpCommand command, Guid[] entered, Clearing clearing, Receipt credit, DateOnly today,
        CancellationToken cancellation)
    {
        var sum = Money.Zero(credit.Balance.Amount.Currency);
        foreach (var one in entered)
        {
            var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, one, cancellation);
            if (!receipt.Exists || receipt.LegalEntity != credit.LegalEntity)
                return ReceiptRefusals.NotFound(one);
            if (receipt.Balance.Amount.Currency != sum.Currency)
                return ReceiptRefusals.OtherReceiptCurrency(receipt.Balance.Amount.Currency, sum.Currency);
            if (receipt.BankAccount is { } account && account != clearing.Account.Code)
                return ReceiptRefusals.OtherBankAccount(receipt.Number, account);

            // Several share a credit: what the bank says of its payer is none of theirs.
            var told = entered.Length == 1
                ? clearing
                : clearing with { Payer = new Payer(), Remittance = [], CheckNumber = null, Documents = null };
            var cleared = ReceiptDecider.Clear(receipt, one, told, today);
            if (cleared.Refusal is { } refusal)
                return refusal;
            batch.Append(ReceiptStream.Type, one, version, cleared.Events);
            sum += receipt.Balance.Amount;
        }

        return sum == credit.Balance.Amount ? null : ReceiptRefusals.OtherSum(sum, credit.Balance.Amount);
    }
}
