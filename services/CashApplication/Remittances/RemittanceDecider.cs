using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Remittances;

/// <summary>The rules of remittance advices.</summary>
public static class RemittanceDecider
{
    private const int MaxLines = 20_000;

    /// <summary>Takes an advice, whether its money is there or not.</summary>
    public static Decision Receive(Remittance remittance, RemittanceReceived received)
    {
        ArgumentNullException.ThrowIfNull(remittance);
        ArgumentNullException.ThrowIfNull(received);
        if (remittance.Received is not null)
            return Decision.Nothing;
        if (!received.Amount.IsPositive)
            return RemittanceRefusals.AmountNotPositive;
        if (received.Lines.Count is 0 or > MaxLines)
            return RemittanceRefusals.Lines(MaxLines);
        var foreign = received.Lines
            .SelectMany(line => new[] { line.Paid, line.Gross, line.Discount }
                .Concat(line.Adjustments.Select(adjustment => (Money?)adjustment.Amount)))
            .Concat(received.Adjustments.Select(adjustment => (Money?)adjustment.Amount))
            .OfType<Money>().Any(amount => amount.Currency != received.Amount.Currency);
        if (foreign)
            return RemittanceRefusals.OtherCurrency(received.Amount.Currency);
        return received.Lines.Any(line => string.IsNullOrWhiteSpace(line.DocumentNumber)
            || line.DocumentNumber.Length > 100)
            ? RemittanceRefusals.NoDocument
            : Decision.Of(received);
    }

    /// <summary>A receipt follows the advice; no other may any more.</summary>
    public static Decision Match(Remittance remittance, Guid receiptId)
    {
        ArgumentNullException.ThrowIfNull(remittance);
        return remittance switch
        {
            { ReceiptId: { } known } when known == receiptId => Decision.Nothing,
            { Received: null } or { Status: not RemittanceStatus.Waiting } => RemittanceRefusals.NotWaiting,
            _ => Decision.Of(new RemittanceMatched(receiptId)),
        };
    }

    /// <summary>This receipt follows it no longer; nothing where it does not anyhow.</summary>
    public static Decision Release(Remittance remittance, Guid receiptId)
    {
        ArgumentNullException.ThrowIfNull(remittance);
        return remittance.Status == RemittanceStatus.Matched && remittance.ReceiptId == receiptId
            ? Decision.Of(new RemittanceReleased(receiptId))
            : Decision.Nothing;
    }

    /// <summary>Says that no money will follow it.</summary>
    /// <param name="isFollowed">The receipt that it was matched with still follows it.</param>
    public static Decision Close(Remittance remittance, Guid id, string reason, bool isFollowed)
    {
        ArgumentNullException.ThrowIfNull(remittance);
        return remittance switch
        {
            { Received: null } => RemittanceRefusals.NotFound(id),
            _ when Refusal.Unexplained(reason) is { } unexplained => unexplained,
            { Status: RemittanceStatus.Closed } => Decision.Nothing,
            { Status: RemittanceStatus.Matched } when isFollowed => RemittanceRefusals.NotWaiting,
            { ReceiptId: { } left } => Decision.Of(new RemittanceReleased(left), new RemittanceClosed(reason)),
            _ => Decision.Of(new RemittanceClosed(reason)),
        };
    }
}
