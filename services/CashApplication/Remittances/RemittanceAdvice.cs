using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Remittances;

/// <summary>
/// What a payer says that one payment is for, read from whatever message it came in (EDI 820, a lockbox's overflow
/// records, CTX addenda): neutral, and judged by nobody yet. It may come before the money or after it.
/// </summary>
public sealed record RemittanceAdvice
{
    /// <summary>The message it was read from: <c>x12.820</c>, <c>bai.lockbox</c>, <c>nacha.ctx</c>, …</summary>
    public required string Format { get; init; }

    /// <summary>Position in the file, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Line or segment of the file on which it starts, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>
    /// What payment and advice have in common: the trace number of an ACH payment, the number of a check, the payer's
    /// reference of a wire. Null where the payer gives none.
    /// </summary>
    public string? PaymentReference { get; init; }

    /// <summary>
    /// <c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>; null if untold.
    /// </summary>
    public string? Method { get; init; }

    /// <summary>What is paid in all.</summary>
    public required Money Amount { get; init; }

    /// <summary>The day on which the money is to arrive, in the payer's calendar.</summary>
    public DateOnly? PaymentDate { get; init; }

    /// <summary>Who pays.</summary>
    public RemittanceParty Payer { get; init; } = RemittanceParty.Unknown;

    /// <summary>Who is paid.</summary>
    public RemittanceParty Payee { get; init; } = RemittanceParty.Unknown;

    /// <summary>What is paid, document by document, in file order.</summary>
    public IReadOnlyList<RemittanceLine> Lines { get; init; } = [];

    /// <summary>Adjustments that belong to no document.</summary>
    public IReadOnlyList<RemittanceAdjustment> Adjustments { get; init; } = [];

    /// <summary>What the lines come to; readers keep all of an advice in one currency.</summary>
    public Money Explained => Money.Sum(
        Lines.Select(line => line.Paid ?? Money.Zero(Amount.Currency)), Amount.Currency);
}

/// <summary>A side of a payment as its remittance advice names it.</summary>
/// <param name="Name">Registered name, or null.</param>
/// <param name="Identification">Number by which the two know each other (DUNS, customer number), or null.</param>
/// <param name="Account">IBAN or account number without blanks, or null.</param>
/// <param name="Bank">Number of the bank that keeps the account (a routing number), or null.</param>
public sealed record RemittanceParty(
    string? Name = null, string? Identification = null, string? Account = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Bank = null)
{
    /// <summary>Nothing told.</summary>
    public static readonly RemittanceParty Unknown = new();
}

/// <summary>One document that is paid, settled or deducted.</summary>
/// <param name="DocumentNumber">As the payer wrote it; what kind of number is <paramref name="DocumentType"/>.</param>
/// <param name="DocumentType">
/// Code of the message for the kind of document: X12 element 128 (<c>IV</c> invoice, <c>CM</c> credit memo, <c>PO</c>
/// purchase order), or null.
/// </param>
/// <param name="Paid">What is paid of it; below zero where a credit is set off. Null where it is not told.</param>
/// <param name="Gross">What the document is over, or null.</param>
/// <param name="Discount">Cash discount taken, or null.</param>
/// <param name="Adjustments">Deductions and additions, each with its reason.</param>
/// <param name="Note">Words of the payer, or null.</param>
public sealed record RemittanceLine(
    string DocumentNumber, string? DocumentType, Money? Paid, Money? Gross, Money? Discount,
    IReadOnlyList<RemittanceAdjustment> Adjustments, string? Note = null);

/// <summary>A difference that the payer explains.</summary>
/// <param name="Amount">Below zero where less is paid.</param>
/// <param name="ReasonCode">The payer's or the standard's code (X12 element 426), or null.</param>
/// <param name="Reference">A document that grounds it, or null.</param>
public sealed record RemittanceAdjustment(Money Amount, string? ReasonCode, string? Reference);
