using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Who paid, as the bank or the caller gave it.</summary>
/// <param name="Name">Name of the payer, or null.</param>
/// <param name="Account">IBAN or account number without blanks, or null.</param>
public sealed record Payer(string? Name = null, string? Account = null);

/// <summary>The statement line that a receipt comes from.</summary>
/// <param name="ImportId">The imported file.</param>
/// <param name="StatementId">The bank's identification of the statement.</param>
/// <param name="Entry">Entry of the statement, from 1.</param>
/// <param name="Detail">Payment within the entry, from 1; 0 for the entry as a whole.</param>
/// <param name="BookingDate">Day the bank booked it.</param>
/// <param name="References">What others may call the payment: references of payer and banks.</param>
public sealed record ReceiptSource(
    Guid ImportId, string StatementId, int Entry, int Detail, DateOnly BookingDate,
    IReadOnlyList<string>? References = null);

/// <summary>Money came in.</summary>
/// <param name="Number">Gapless, e.g. <c>RCT-US01-2026-000007</c>.</param>
/// <param name="LegalEntity">Whose bank account it reached.</param>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>.</param>
/// <param name="BankAccount">Code of the bank account, or null.</param>
/// <param name="Accounts">Ledger accounts that its entries use.</param>
/// <param name="ValueDate">Day the money counts at the bank.</param>
/// <param name="PostingDate">Accounting date.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="Remittance">What the payer says it is for, line by line.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="Source">The statement line, or null for a receipt that was entered.</param>
/// <param name="IdentifiedBy">What told the customer, or null while unidentified.</param>
/// <param name="Entry">Bank to unapplied or unidentified cash.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptRecorded(
    string Number, string LegalEntity, string Method, string? BankAccount, LedgerAccounts Accounts, DateOnly ValueDate,
    DateOnly PostingDate, Payer Payer, IReadOnlyList<string> Remittance, string? CheckNumber, ReceiptSource? Source,
    string? IdentifiedBy, JournalEntry Entry, ReceiptBalance Balance);

/// <summary>It became known whose money it is.</summary>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="CustomerId">Whose money.</param>
/// <param name="IdentifiedBy">What told it.</param>
/// <param name="Entry">Unidentified to unapplied cash.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptIdentified(
    string LegalEntity, Guid CustomerId, string IdentifiedBy, JournalEntry Entry, ReceiptBalance Balance);

/// <summary>Money is meant for an installment and waits for Invoicing's answer.</summary>
/// <param name="AllocationId">The allocation.</param>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What is meant for it.</param>
/// <param name="ValueDate">Day the money counted at the bank.</param>
/// <param name="Rule">What found the match, or <c>manual</c>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="UnappliedCashAccount">Ledger account the money waits on.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record AllocationRequested(
    Guid AllocationId, string LegalEntity, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount,
    DateOnly ValueDate, string Rule, decimal Confidence, IReadOnlyList<string> Reasons,
    string UnappliedCashAccount, ReceiptBalance Balance);

/// <summary>Invoicing has applied it.</summary>
public sealed record AllocationConfirmed(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, ReceiptBalance Balance);

/// <summary>Invoicing has refused it; the money is free again.</summary>
public sealed record AllocationRejected(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, string Code, string Detail,
    ReceiptBalance Balance);

/// <summary>A confirmed allocation is to be taken back.</summary>
public sealed record AllocationReversalRequested(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, string Reason, ReceiptBalance Balance);

/// <summary>Invoicing has taken it back.</summary>
public sealed record AllocationReversed(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, ReceiptBalance Balance);

/// <summary>The receipt is void; what was confirmed is taken back allocation by allocation.</summary>
/// <param name="LegalEntity">Whose receipt it was.</param>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c>, <c>stop</c> or <c>error</c>.</param>
/// <param name="ReturnCode">E.g. <c>R01</c>, or null.</param>
/// <param name="PostingDate">Accounting date of the reversal.</param>
/// <param name="Entry">The receipt's money back to the bank.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptReversed(
    string LegalEntity, string Reason, string? ReturnCode, DateOnly PostingDate, JournalEntry Entry,
    ReceiptBalance Balance);
