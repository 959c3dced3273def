using Dapper;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Which receipts a list is of; what is not told does not matter.</summary>
/// <param name="CustomerId">Whose money it is.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Amount">What came in, to the cent.</param>
/// <param name="AmountFrom">At least so much came in.</param>
/// <param name="AmountTo">At most so much came in.</param>
/// <param name="From">First day on which it counts at the bank.</param>
/// <param name="To">Last such day.</param>
/// <param name="Method">As of receipts.</param>
/// <param name="Text">Words that stand in the payer's name or account, the reference or the check's number: all of
/// them, in any order, each as a whole word of letters and digits.</param>
/// <param name="Payer">Words of the payer's name or account.</param>
/// <param name="Reference">Words of what the payer says.</param>
/// <param name="Number">Of the receipt.</param>
/// <param name="CheckNumber">Of the check.</param>
/// <param name="BankAccount">Code of the account it reached.</param>
public sealed record ReceiptFilter(
    Guid? CustomerId, string? LegalEntity, string? Currency, decimal? Amount, decimal? AmountFrom, decimal? AmountTo,
    DateOnly? From, DateOnly? To, string? Method, string? Text, string? Payer, string? Reference, string? Number,
    string? CheckNumber, string? BankAccount)
{
    /// <summary>The expression of the index <c>receipts_words</c>.</summary>
    private const string Words =
        "receipt_words(coalesce(payer_name, '') || ' ' || coalesce(payer_account, '') || ' ' || " +
        "coalesce(reference, '') || ' ' || coalesce(check_number, ''))";

    private const string PayerWords =
        "receipt_words(coalesce(payer_name, '') || ' ' || coalesce(payer_account, ''))";

    /// <summary>Only what is told becomes a condition, so that its index can be used.</summary>
    internal IEnumerable<string> Conditions()
    {
        yield return "(@entities::text[] is null or legal_entity = any(@entities))";
        foreach (var (value, condition) in new (object?, string)[]
        {
            (CustomerId, "customer_id = @CustomerId"),
            (LegalEntity, "legal_entity = @LegalEntity"),
            (Currency, "currency = @Currency"),
            (Amount, "amount = @Amount"),
            (AmountFrom, "amount >= @AmountFrom"),
            (AmountTo, "amount <= @AmountTo"),
            (From, "value_date >= @From"),
            (To, "value_date <= @To"),
            (Method, "method = @Method"),
            (Text, $"{Words} @> receipt_words(@Text)"),
            (Payer, $"{Words} @> receipt_words(@Payer) and {PayerWords} @> receipt_words(@Payer)"),
            (Reference, $"{Words} @> receipt_words(@Reference) " +
                "and receipt_words(reference) @> receipt_words(@Reference)"),
            (Number, "number = @Number"),
            (CheckNumber, $"{Words} @> receipt_words(@CheckNumber) and check_number = @CheckNumber"),
            (BankAccount, "bank_account = @BankAccount"),
        })
        {
            if (value is not null)
                yield return condition;
        }
    }

    /// <summary>What the conditions name, for somebody who may see the receipts of these legal entities.</summary>
    internal DynamicParameters Parameters(object page, Caller caller)
    {
        var parameters = new DynamicParameters(page);
        parameters.AddDynamicParams(this);
        parameters.Add("entities", caller.EntityFilter(LegalEntity));
        return parameters;
    }
}
