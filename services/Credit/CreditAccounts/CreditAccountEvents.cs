using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Invoicing registered the customer; from now on it can be given credit.</summary>
/// <param name="Currency">ISO 4217 code; limits are in it.</param>
public sealed record AccountOpened(string LegalEntity, string Number, string Name, string Currency);

/// <summary>The most the customer may owe was set; it replaces the limit before.</summary>
/// <param name="Limit">Most it may owe, orders included.</param>
/// <param name="ExpiresOn">Last day it holds in the legal entity's calendar, or null.</param>
public sealed record LimitSet(Money Limit, DateOnly? ExpiresOn);

/// <summary>What one installment of an invoice is now, as Invoicing tells it.</summary>
/// <param name="Billed">What it bills of its order: its amount, or zero once the invoice is void.</param>
/// <param name="Balance">What is still open of it.</param>
/// <param name="SourceVersion">Version of the invoice behind it; an older one never replaces a newer one.</param>
/// <param name="Exposure">The exposure after it, in the currency of the invoice.</param>
public sealed record ReceivableRecorded(
    Guid InvoiceId, int Installment, string InvoiceNumber, string? OrderId, Money Billed, Money Balance,
    long SourceVersion, Exposure Exposure);

/// <summary>What is free of a receipt now, as CashApplication tells it.</summary>
/// <param name="SourceVersion">Version of the receipt behind it.</param>
/// <param name="Exposure">The exposure after it, in the currency of the receipt.</param>
public sealed record UnappliedCashRecorded(Guid ReceiptId, Money Unapplied, long SourceVersion, Exposure Exposure);

/// <summary>The order fits and its amount is reserved.</summary>
/// <param name="Reserved">The amount less what is invoiced of the order already.</param>
/// <param name="Exposure">The exposure after it, in the currency of the order.</param>
/// <param name="Available">What is left of the limit after it.</param>
public sealed record OrderApproved(string OrderId, Money Amount, Money Reserved, Exposure Exposure, Money Available);

/// <summary>The order waits for a person; nothing is reserved for it.</summary>
public sealed record OrderHeld(
    string OrderId, Money Amount, IReadOnlyList<OrderReason> Reasons, Exposure Exposure, Money Available);

/// <summary>An approved order became smaller; it stays approved and what it no longer needs is free.</summary>
public sealed record OrderReduced(string OrderId, Money Amount, Money Reserved, Exposure Exposure, Money Available);

/// <summary>A person let a held order go and its amount is reserved, over the limit or not.</summary>
/// <param name="Reasons">What stood against it at that moment and was overridden; none when room had come in the
/// meantime.</param>
public sealed record OrderReleased(
    string OrderId, Money Amount, Money Reserved, IReadOnlyList<OrderReason> Reasons, Exposure Exposure,
    Money Available);

/// <summary>The order will not come; what was reserved for it is free.</summary>
public sealed record OrderCancelled(string OrderId, Money Amount, Exposure Exposure, Money Available);

/// <summary>An invoice billed the order or a part of it: that much of the reservation is a receivable now.</summary>
/// <param name="Reserved">What stays reserved for the rest of the order.</param>
public sealed record ReservationConverted(string OrderId, Guid InvoiceId, Money Reserved, Exposure Exposure);

/// <summary>An invoice of the order was voided: what it had billed is reserved again, to be billed anew.</summary>
/// <param name="Reserved">What is reserved for the order now.</param>
public sealed record ReservationRestored(string OrderId, Guid InvoiceId, Money Reserved, Exposure Exposure);

/// <summary>One reason that stands against an order.</summary>
/// <param name="Code">Stable, kebab-case.</param>
/// <param name="Detail">In words, with the numbers.</param>
public sealed record OrderReason(string Code, string Detail);
