using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>Which way money moves, seen from the account.</summary>
public enum Movement
{
    /// <summary>In: the balance grows.</summary>
    Credit,

    /// <summary>Out: the balance shrinks.</summary>
    Debit,
}

/// <summary>How final an entry is.</summary>
public enum EntryStatus
{
    /// <summary>In the booked balance. The only kind that is cash.</summary>
    Booked,

    /// <summary>Expected, not yet in the booked balance.</summary>
    Pending,

    /// <summary>Told for information; never part of a balance.</summary>
    Information,
}

/// <summary>One line of the account.</summary>
public sealed record StatementEntry
{
    /// <summary>Position in the statement, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Line of the file on which the entry starts, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Zero or more; <see cref="Movement"/> says which way.</summary>
    public required Money Amount { get; init; }

    /// <summary>The way this entry moves the balance, also where it is a reversal.</summary>
    public required Movement Movement { get; init; }

    /// <summary>
    /// True when it takes back an earlier entry of the opposite movement: a reversal that debits undoes a credit.
    /// </summary>
    public bool IsReversal { get; init; }

    /// <summary>How final it is. A statement's entry without a status is booked, a report's is information.</summary>
    public required EntryStatus Status { get; init; }

    /// <summary>Day on which the bank booked it, in the bank's calendar.</summary>
    public DateOnly? BookingDate { get; init; }

    /// <summary>Day from which the money counts; days late are judged by it.</summary>
    public DateOnly? ValueDate { get; init; }

    /// <summary>The entry's own reference within the statement.</summary>
    public string? EntryReference { get; init; }

    /// <summary>The bank's reference of the entry (<c>AcctSvcrRef</c>).</summary>
    public string? BankReference { get; init; }

    /// <summary>What kind of transaction the bank says it is.</summary>
    public BankTransactionCode? TransactionCode { get; init; }

    /// <summary>How many payments the bank booked as this one entry, where it says so.</summary>
    public int? BatchCount { get; init; }

    /// <summary>
    /// What the owner of the account called the payments that it ordered together (<c>PmtInfId</c>, <c>MsgId</c>).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OrderReference { get; init; }

    /// <summary>Charges told with the entry, each in its currency; negative where given back.</summary>
    public IReadOnlyList<Money> Charges { get; init; } = [];

    /// <summary>
    /// The same as the key of a pending entry has them: of each element its total where it is told, else its records.
    /// Never read otherwise, so that the entry is the same to every release.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<Money> KeyCharges { get; init; } = [];

    /// <summary>
    /// Those of them that were taken from the amount: not what is debited by itself, and none where what is told of
    /// them contradicts itself.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<Money> IncludedCharges { get; init; } = [];

    /// <summary>Who was to pay them: <c>DEBT</c>, <c>CRED</c>, <c>SHAR</c> or <c>SLEV</c>; null where not told of each,
    /// or of each otherwise. No part of what tells one entry from another.</summary>
    [JsonIgnore]
    public string? ChargeBearer { get; init; }

    /// <summary>Free text about the entry.</summary>
    public string? AdditionalInformation { get; init; }

    /// <summary>The payments in it, in file order; empty where the bank gives none.</summary>
    public IReadOnlyList<TransactionDetails> Details { get; init; } = [];

    /// <summary>The amount with the sign it has on the balance.</summary>
    public Money SignedAmount => Movement == Movement.Credit ? Amount : -Amount;
}

/// <summary>ISO 20022 bank transaction code (domain, family, sub-family), the bank's own code, or both.</summary>
/// <param name="Domain">E.g. <c>PMNT</c>.</param>
/// <param name="Family">E.g. <c>RCDT</c>, received credit transfer.</param>
/// <param name="SubFamily">E.g. <c>ESCT</c>, SEPA credit transfer.</param>
/// <param name="Proprietary">The bank's own code.</param>
/// <param name="Issuer">Who gives out the proprietary code.</param>
public sealed record BankTransactionCode(
    string? Domain, string? Family, string? SubFamily, string? Proprietary, string? Issuer);

/// <summary>One payment within an entry.</summary>
public sealed record TransactionDetails
{
    /// <summary>Position in the entry, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Line of the file on which it starts, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>This payment's part of the entry, in its own currency; null where not told.</summary>
    public Money? Amount { get; init; }

    /// <summary>Its own movement, where told; else it moves as the entry does.</summary>
    public Movement? Movement { get; init; }

    /// <summary>What the payer ordered, before charges and conversion.</summary>
    public Money? InstructedAmount { get; init; }

    /// <summary>The payer's reference from end to end; null also where the bank writes <c>NOTPROVIDED</c>.</summary>
    public string? EndToEndId { get; init; }

    /// <summary>What the payer called the payments that it ordered together with this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OrderReference { get; init; }

    /// <summary>The first bank's reference of the transaction.</summary>
    public string? TransactionId { get; init; }

    /// <summary>Direct-debit mandate.</summary>
    public string? MandateId { get; init; }

    /// <summary>The account's bank's reference of this payment.</summary>
    public string? BankReference { get; init; }

    /// <summary>Number of the check.</summary>
    public string? CheckNumber { get; init; }

    /// <summary>What kind of transaction, where it differs from the entry's.</summary>
    public BankTransactionCode? TransactionCode { get; init; }

    /// <summary>Who owes: the payer of a credit.</summary>
    public TransactionParty Debtor { get; init; } = TransactionParty.Unknown;

    /// <summary>Who is owed: the payee of a debit.</summary>
    public TransactionParty Creditor { get; init; } = TransactionParty.Unknown;

    /// <summary>What is paid, in fields.</summary>
    public IReadOnlyList<StructuredRemittance> StructuredRemittance { get; init; } = [];

    /// <summary>What is paid, in words; one element per line as the payer sent it.</summary>
    public IReadOnlyList<string> UnstructuredRemittance { get; init; } = [];

    /// <summary>ISO 20022 reason for which a payment came back, e.g. <c>AC04</c>; null when it did not.</summary>
    public string? ReturnReason { get; init; }

    /// <summary>Charges of this payment, each in its currency; negative where given back.</summary>
    public IReadOnlyList<Money> Charges { get; init; } = [];

    /// <summary>The same as the key of a pending entry has them, as of the entry.</summary>
    [JsonIgnore]
    public IReadOnlyList<Money> KeyCharges { get; init; } = [];

    /// <summary>Those of them that were taken from the amount, as of the entry.</summary>
    [JsonIgnore]
    public IReadOnlyList<Money> IncludedCharges { get; init; } = [];

    /// <summary>Who was to pay them, as of the entry; null where not told.</summary>
    [JsonIgnore]
    public string? ChargeBearer { get; init; }

    /// <summary>Free text about the payment.</summary>
    public string? AdditionalInformation { get; init; }
}

/// <summary>A side of a payment, as far as the bank tells.</summary>
/// <param name="Name">Of the account's owner.</param>
/// <param name="Account">IBAN or other account number, without blanks.</param>
/// <param name="Bic">Of the bank that keeps the account.</param>
/// <param name="UltimateName">On whose behalf, where that is somebody else.</param>
public sealed record TransactionParty(string? Name, string? Account, string? Bic, string? UltimateName)
{
    /// <summary>
    /// Number of the bank that keeps the account, where it is told in a field of its own; null where the account says
    /// it, or nothing does. No part of what tells one entry from another.
    /// </summary>
    [JsonIgnore]
    public string? RoutingNumber { get; init; }

    /// <summary>Nothing told.</summary>
    public static readonly TransactionParty Unknown = new(null, null, null, null);
}

/// <summary>One structured remittance block: what a part of the payment is for.</summary>
public sealed record StructuredRemittance
{
    /// <summary>The creditor's reference that the payer copied from the invoice.</summary>
    public PaymentReference? CreditorReference { get; init; }

    /// <summary>Numbers of the documents paid, in file order.</summary>
    public IReadOnlyList<ReferredDocument> Documents { get; init; } = [];

    /// <summary>What the documents came to.</summary>
    public Money? DueAmount { get; init; }

    /// <summary>Cash discount taken.</summary>
    public Money? DiscountTaken { get; init; }

    /// <summary>Credit notes set off.</summary>
    public Money? CreditNoteAmount { get; init; }

    /// <summary>What is paid of them.</summary>
    public Money? RemittedAmount { get; init; }

    /// <summary>Words beside the fields.</summary>
    public IReadOnlyList<string> AdditionalInformation { get; init; } = [];
}

/// <summary>A document that a payment names.</summary>
/// <param name="Type">ISO 20022 type such as <c>CINV</c> (invoice), <c>CREN</c> (credit note), or proprietary.</param>
/// <param name="Number">As the payer wrote it.</param>
public sealed record ReferredDocument(string? Type, string Number);
