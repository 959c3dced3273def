using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Which entered receipts a credit is the money of, and why somebody says so.</summary>
/// <param name="Fee">What the processor kept of them: receipts less fee are the credit. Booked to the fee account of
/// the bank account.</param>
public sealed record ClearReceiptsRequest(IReadOnlyList<Guid> ReceiptIds, string Reason, Money? Fee = null);

/// <summary>
/// <c>POST /v1/receipts/{id}/entered</c>: a receipt that a statement brought is the money of receipts that were
/// entered: of one that nothing told to be the same, or of all that a deposit or a processor's settlement is made of.
/// They go from the clearing account to the bank, and the statement's receipt is void. What a processor kept of its
/// settlement is booked as its fee.
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
            var today = (await matching.DeadlinesAsync(credit.LegalEntity, cancellation)).Today;
            var account = credit.BankAccount is { } code
                ? await command.Store.Database.BankAccountAsync(code, cancellation)
                : null;
            if (Fee(request.Fee, credit, account, out var fee) is { } unbooked)
                return unbooked;
            var reversed = ReceiptDecider.ReverseAsEntered(credit, id, entered, today, fee);
            if (reversed.Refusal is { } refusal)
                return refusal;
            var batch = new WriteBatch(command.Metadata(request.Reason));
            if (await AddAsync(
                batch, command, entered, Of(credit, account!), credit, today, request.Fee, cancellation) is { } no)
            {
                return no;
            }

            batch.Append(ReceiptStream.Type, id, version, reversed.Events);
            var (after, now) = (reversed.Events.Aggregate(credit, Receipt.Evolve), version + reversed.Events.Count);
            return Plan.Write(batch, Reply.Ok(ReceiptView.Of(id, after, now, []), now));
        });
    }

    /// <summary>Why a fee cannot be booked, or where it is; none where none is told.</summary>
    private static Refusal? Fee(Money? told, Receipt credit, BankAccountRow? account, out SettlementFee? fee)
    {
        fee = null;
        if (told is not { } amount || !credit.Exists)
            return null;
        if (amount.Currency != credit.Balance.Amount.Currency)
            return ReceiptRefusals.OtherReceiptCurrency(amount.Currency, credit.Balance.Amount.Currency);
        if (!amount.IsPositive)
            return ReceiptRefusals.AmountNotPositive("/fee");
        if (account?.FeeAccount is not { } code)
            return ReceiptRefusals.NoFeeAccount(account?.Code ?? "");
        fee = new SettlementFee(amount, code);
        return null;
    }

    private static Clearing Of(Receipt credit, BankAccountRow account) => new(
        new PayingAccount(account.Code, account.LedgerAccount), credit.Source!, credit.Payer, credit.Remittance,
        credit.Balance.CustomerId, credit.CheckNumber, credit.Documents);

    private static async Task<Refusal?> AddAsync(
        WriteBatch batch, HttpCommand command, Guid[] entered, Clearing clearing, Receipt credit, DateOnly today,
        Money? kept, CancellationToken cancellation)
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

        var fee = kept ?? Money.Zero(sum.Currency);
        return sum - fee == credit.Balance.Amount
            ? null
            : ReceiptRefusals.OtherSum(sum, credit.Balance.Amount, fee);
    }
}
