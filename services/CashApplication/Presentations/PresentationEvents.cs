using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Presentations;

/// <summary>Somebody presents a customer's means of payment again, because Collections has asked for it.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who is to pay.</param>
/// <param name="State">Code of the overdue state that asked.</param>
/// <param name="Attempt">Which try of that state it is, from 1.</param>
/// <param name="Asked">Version of Collections' stream at which it asked: one asking is answered once.</param>
/// <param name="Method"><c>ach</c> or <c>card</c>.</param>
/// <param name="Instrument">The payer's account, or the processor's token of the card; never a card's number.</param>
/// <param name="Amount">What is presented: no more than was to be paid just then.</param>
/// <param name="PendingPaymentId">The money on its way that it is now.</param>
/// <param name="On">The day, where the legal entity is.</param>
public sealed record PresentationTaken(
    string LegalEntity, Guid CustomerId, string State, int Attempt, long Asked, string Method, string Instrument,
    Money Amount, Guid PendingPaymentId, DateOnly On);

/// <summary>What was asked for is not presented; the next time Collections asks is another matter.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who was to pay.</param>
/// <param name="State">Code of the overdue state that asked.</param>
/// <param name="Attempt">Which try of that state it was, from 1.</param>
/// <param name="Asked">Version of Collections' stream at which it asked.</param>
/// <param name="Reason">Why not, in words.</param>
public sealed record PresentationRefused(
    string LegalEntity, Guid CustomerId, string State, int Attempt, long Asked, string Reason);

/// <summary>The bank or the processor has declined what was presented last.</summary>
/// <param name="PendingPaymentId">The money that does not come.</param>
/// <param name="Instrument">What was presented.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="IsFinal">True where this means of payment is never to be presented again (a hard decline).</param>
public sealed record PresentationDeclined(Guid PendingPaymentId, string Instrument, string Reason, bool IsFinal);
