using System.Text.Json.Serialization;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Invoicing registered the customer; from now on it can be given credit.</summary>
/// <param name="Currency">ISO 4217 code; limits are in it.</param>
public sealed record AccountOpened(string LegalEntity, string Number, string Name, string Currency);

/// <summary>What Invoicing knows of the customer now, as far as credit is concerned.</summary>
/// <param name="Terms">Agreed payment terms.</param>
/// <param name="ParentId">Customer whose group it belongs to, or null.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c>, <c>terminated</c> or <c>merged</c>.</param>
/// <param name="MergedInto">The customer that is billed in its place, or null.</param>
/// <param name="SourceVersion">Version of the customer behind it; an older one never replaces a newer one.</param>
/// <param name="LeftSegment">The segment it was in before; null where it stays in its own, or was in none.</param>
public sealed record CustomerKnown(
    string Name, string Country, string? Segment, string Terms, Guid? ParentId, string Status, Guid? MergedInto,
    long SourceVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LeftSegment = null);

/// <summary>Which groups with a limit the customer belongs to changed; all of them.</summary>
/// <param name="Groups">The customers at their heads.</param>
/// <param name="Left">The heads of those that it has left with all below it; null for none, and where the limit of a
/// group was taken away.</param>
public sealed record GroupsAssigned(
    IReadOnlyList<Guid> Groups,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Guid>? Left = null);

/// <summary>
/// What is at risk with a customer that Invoicing found to be a duplicate of this one, and what stands against it; it
/// counts here, and its documents and holds stay its own.
/// </summary>
/// <param name="DuplicateId">The duplicate.</param>
/// <param name="Exposures">All of it, per currency, without what invoices of this customer bill of its orders.
/// </param>
/// <param name="SourceVersion">Version of the duplicate's account behind it; an older one never replaces a newer one.
/// </param>
/// <param name="Unsettled">What of it may still bounce; null for nothing, and in events from before that was kept.
/// </param>
/// <param name="Holds">Its holds, but for those that the rules of this customer place by themselves for what is taken
/// over; null for none, and in events from before they were kept.</param>
/// <param name="Due">What of its receivables is due on which day, disputed parts aside; null for nothing, and in events
/// from before it was kept.</param>
/// <param name="LastPayment">Value date of its last payment; null where none is known, and in events from before it was
/// kept.</param>
/// <param name="Dunned">With how many steps one of its open items was dunned at most; null for none, and in events from
/// before it was kept.</param>
public sealed record DuplicateAbsorbed(
    Guid DuplicateId, IReadOnlyList<Exposure> Exposures, long SourceVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<UnsettledPart>? Unsettled = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<HoldPlaced>? Holds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DuePart>? Due = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? LastPayment = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Dunned = null);

/// <summary>What is due on a day.</summary>
/// <param name="On">Last day to pay it.</param>
/// <param name="Amount">What is open of it and not disputed.</param>
public sealed record DuePart(DateOnly On, Money Amount);

/// <summary>Money that may bounce up to a day.</summary>
/// <param name="Until">The last day on which it may.</param>
/// <param name="Unapplied">Part of the unapplied cash.</param>
/// <param name="Spent">What was paid with it, or is gone otherwise.</param>
public sealed record UnsettledPart(DateOnly Until, Money Unapplied, Money Spent);

/// <summary>The customer is no duplicate after all.</summary>
/// <param name="SourceVersion">Version of its account behind it.</param>
public sealed record DuplicateReleased(Guid DuplicateId, long SourceVersion);

/// <summary>The most the customer may owe was set; it replaces the limit before.</summary>
/// <param name="Limit">Most it may owe, orders included.</param>
/// <param name="ExpiresOn">Last day it holds in the legal entity's calendar, or null.</param>
public sealed record LimitSet(Money Limit, DateOnly? ExpiresOn);

/// <summary>For some days another limit holds; then the one before holds again.</summary>
/// <param name="From">First day.</param>
/// <param name="Until">Last day.</param>
public sealed record TemporaryLimitSet(Money Limit, DateOnly From, DateOnly Until);

/// <summary>The temporary limit ends before its time.</summary>
public sealed record TemporaryLimitWithdrawn;

/// <summary>What one installment of an invoice is now, as Invoicing tells it.</summary>
/// <param name="Billed">What it bills of its order: its amount, or zero once the invoice is void.</param>
/// <param name="Balance">What is still open of it.</param>
/// <param name="SourceVersion">Version of the invoice behind it; an older one never replaces a newer one.</param>
/// <param name="Exposure">The exposure after it, in the currency of the invoice.</param>
/// <param name="DueDate">Last day to pay; null in events from before it was kept.</param>
/// <param name="Disputed">How much of the balance is disputed; null for nothing.</param>
/// <param name="On">Day of what changed it: the invoice's, the payment's value date.</param>
/// <param name="InvoiceDate">Date of the invoice; null in events from before it was kept.</param>
public sealed record ReceivableRecorded(
    Guid InvoiceId, int Installment, string InvoiceNumber, string? OrderId, Money Billed, Money Balance,
    long SourceVersion, Exposure Exposure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? DueDate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Disputed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? On = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? InvoiceDate = null);

/// <summary>
/// What is free of a receipt now, as CashApplication tells it, and what it has paid of the customer's items, as
/// Invoicing tells it.
/// </summary>
/// <param name="Unapplied">What is free of it and the customer's.</param>
/// <param name="SourceVersion">Version of the receipt behind it; 0 where the receipt is another customer's.</param>
/// <param name="Exposure">The exposure after it, in the currency of the receipt.</param>
/// <param name="Spent">What it has paid of the items of this customer, whosever receipt it is, and was not taken back;
/// it moves in the same write as the item. Null for nothing, and in events from before it was kept.</param>
/// <param name="Booked">When the money came; null until that is known here.</param>
/// <param name="Gone">What of it was paid back to the customer or written off; null for nothing.</param>
public sealed record UnappliedCashRecorded(
    Guid ReceiptId, Money Unapplied, long SourceVersion, Exposure Exposure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Spent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Booking? Booked = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Gone = null);

/// <summary>When the money of a receipt came.</summary>
/// <param name="ValueDate">Day it counts at the bank.</param>
/// <param name="MayBounceUntil">Last day on which it may bounce, by the policy in force when it came; null where it
/// cannot.</param>
public sealed record Booking(
    DateOnly ValueDate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? MayBounceUntil = null);

/// <summary>What is open of a credit memo now, as Invoicing tells it.</summary>
/// <param name="Open">What may still be applied.</param>
/// <param name="SourceVersion">Version of the credit memo behind it.</param>
/// <param name="Exposure">The exposure after it, in the currency of the credit memo.</param>
public sealed record OpenCreditRecorded(Guid CreditMemoId, Money Open, long SourceVersion, Exposure Exposure);

/// <summary>
/// A credit memo for an invoice takes back so much of what that bills of its order: goods that came back, or a wrong
/// bill, are to be billed anew.
/// </summary>
/// <param name="InvoiceId">The invoice, which may not be known yet.</param>
/// <param name="CreditMemoId">The credit memo.</param>
/// <param name="Amount">So much; zero once the credit memo is void.</param>
/// <param name="SourceVersion">Version of the credit memo behind it; an older one never replaces a newer one.</param>
/// <param name="Exposure">The exposure after it, in the currency of the invoice.</param>
public sealed record InvoiceCreditNoted(
    Guid InvoiceId, Guid CreditMemoId, Money Amount, long SourceVersion, Exposure Exposure);

/// <summary>An invoice was netted with a deposit, or gave it back.</summary>
/// <param name="DepositId">The deposit, an invoice itself.</param>
/// <param name="Unused">What no invoice has taken of it: that much it bills of its order itself.</param>
/// <param name="SourceVersion">Version of the deposit behind it; an older one never replaces a newer one.</param>
/// <param name="Exposure">The exposure after it, in the currency of the deposit.</param>
public sealed record DepositUseNoted(Guid DepositId, Money Unused, long SourceVersion, Exposure Exposure);

/// <summary>The order fits and its amount is reserved.</summary>
/// <param name="Reserved">The amount less what is invoiced of the order already.</param>
/// <param name="Exposure">The exposure after it, in the currency of the order.</param>
/// <param name="Available">What is left of the limit after it.</param>
/// <param name="Terms">Payment terms it was asked with, or null for the customer's.</param>
/// <param name="NeededOn">Day it is to be delivered, or null.</param>
/// <param name="ReservedUntil">Last day of the reservation, or null.</param>
/// <param name="Basis">What the decision rested on; null in events from before it was kept.</param>
/// <param name="At">The check point.</param>
/// <param name="Warnings">What rules warn of; null for nothing.</param>
public sealed record OrderApproved(
    string OrderId, Money Amount, Money Reserved, Exposure Exposure, Money Available, string? Terms = null,
    DateOnly? NeededOn = null, DateOnly? ReservedUntil = null, DecisionBasis? Basis = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] CheckPoint At = CheckPoint.Confirm,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<OrderReason>? Warnings = null);

/// <summary>
/// The order waits for a person, or for room; nothing is reserved for it. One that a rule had declined says so among
/// its reasons, and room alone does not let it go.
/// </summary>
public sealed record OrderHeld(
    string OrderId, Money Amount, IReadOnlyList<OrderReason> Reasons, Exposure Exposure, Money Available,
    string? Terms = null, DateOnly? NeededOn = null, DecisionBasis? Basis = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] CheckPoint At = CheckPoint.Confirm,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<OrderReason>? Warnings = null);

/// <summary>A person or a rule said no to the order; nothing is reserved for it.</summary>
/// <param name="ByRule">A rule did, and it can be judged again; false where a person did, and in events from before
/// that was kept.</param>
public sealed record OrderDeclined(
    string OrderId, Money Amount, IReadOnlyList<OrderReason> Reasons, Exposure Exposure, Money Available,
    string? Terms = null, DateOnly? NeededOn = null, DecisionBasis? Basis = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] CheckPoint At = CheckPoint.Confirm,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<OrderReason>? Warnings = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ByRule = false);

/// <summary>An approved order became smaller; it stays approved and what it no longer needs is free.</summary>
/// <param name="IsReleased">A person had released it, which it stays.</param>
public sealed record OrderReduced(
    string OrderId, Money Amount, Money Reserved, Exposure Exposure, Money Available,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsReleased = false);

/// <summary>A person let a held order go and its amount is reserved, over the limit or not.</summary>
/// <param name="Reasons">What stood against it at that moment and was overridden; none when room had come in the
/// meantime.</param>
/// <param name="ReservedUntil">Last day of the release: what is not invoiced by then is free again.</param>
/// <param name="Warnings">What rules warn of; null for nothing.</param>
/// <param name="ReleaseReason">The code of why; null where the policy has none.</param>
/// <param name="Granted">What the limit granted on that day; null in events from before it was kept.</param>
/// <param name="ApprovalId">The approval behind it; null where who released it needed none.</param>
public sealed record OrderReleased(
    string OrderId, Money Amount, Money Reserved, IReadOnlyList<OrderReason> Reasons, Exposure Exposure,
    Money Available, DateOnly? ReservedUntil = null, DecisionBasis? Basis = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<OrderReason>? Warnings = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReleaseReason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Granted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ApprovalId = null);

/// <summary>The release of an order is above the authority of who asks, and waits for others.</summary>
/// <param name="ApprovalId">The request for approval.</param>
public sealed record OrderReleaseRequested(string OrderId, Guid ApprovalId);

/// <summary>Those above did not approve the release of an order: it can be asked for again.</summary>
/// <param name="ApprovalId">The request for approval.</param>
/// <param name="How"><c>rejected</c>, <c>withdrawn</c> or <c>expired</c>.</param>
public sealed record OrderReleaseEnded(string OrderId, Guid ApprovalId, string How);

/// <summary>The order will not come; what was reserved for it is free.</summary>
public sealed record OrderCancelled(string OrderId, Money Amount, Exposure Exposure, Money Available);

/// <summary>The order was not invoiced in time; what was reserved for it is free.</summary>
/// <param name="ReservedUntil">The last day it was reserved for.</param>
public sealed record OrderExpired(
    string OrderId, Money Amount, DateOnly ReservedUntil, Exposure Exposure, Money Available);

/// <summary>An invoice billed the order or a part of it: that much of the reservation is a receivable now.</summary>
/// <param name="Reserved">What stays reserved for the rest of the order.</param>
/// <param name="Billed">What the invoice bills of it by now where it is in another currency; null where not.</param>
public sealed record ReservationConverted(
    string OrderId, Guid InvoiceId, Money Reserved, Exposure Exposure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConvertedBilling? Billed = null);

/// <summary>
/// So much of the order has left: it is an unbilled delivery until it is invoiced, and reserved no more.
/// </summary>
/// <param name="Delivered">All that is delivered by now, and did not come back.</param>
/// <param name="Reserved">What stays reserved for the rest of the order.</param>
/// <param name="AsOf">As of when the order system has counted; null where it does not say.</param>
/// <param name="Unapproved">What is out that nobody approved, where it is more than before; null for nothing.</param>
public sealed record DeliveryRecorded(
    string OrderId, Money Delivered, Money Reserved, Exposure Exposure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? AsOf = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Unapproved = null);

/// <summary>An invoice of the order was voided: what it had billed is reserved again, to be billed anew.</summary>
/// <param name="Reserved">What is reserved for the order now.</param>
/// <param name="Billed">What the invoice bills of it by now where it is in another currency; null where not.</param>
public sealed record ReservationRestored(
    string OrderId, Guid InvoiceId, Money Reserved, Exposure Exposure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConvertedBilling? Billed = null);

/// <summary>The account is held: orders wait, or are declined, until the hold is let go.</summary>
/// <param name="HoldId">The hold.</param>
/// <param name="Code">What kind it is, kebab-case.</param>
/// <param name="Detail">In words.</param>
/// <param name="ByRule">A rule placed it and lets it go; else a person does.</param>
/// <param name="Until">Last day it holds; null until it is let go.</param>
/// <param name="Bounced">The payment that bounced; null where none did.</param>
public sealed record HoldPlaced(
    Guid HoldId, string Code, string Detail, bool ByRule, DateOnly? Until,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BouncedPayment? Bounced = null);

/// <summary>A payment that bounced.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="Items">Items of the customer that it paid until then.</param>
/// <param name="On">Accounting date of its reversal; what was taken back before was taken back for something else.
/// </param>
/// <param name="Applied">What of it was applied when it bounced, to items of whomever. Null where that waited for an
/// answer, and in events from before it was kept.</param>
public sealed record BouncedPayment(
    Guid ReceiptId, IReadOnlyList<InstallmentKey> Items, DateOnly On,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Applied = null);

/// <summary>One installment of an invoice.</summary>
public sealed record InstallmentKey(Guid InvoiceId, int Installment);

/// <summary>The customer was asked by Collections to pay what is overdue.</summary>
/// <param name="Step">Code of the playbook step.</param>
/// <param name="Items">What of it was not asked for with this step before.</param>
/// <param name="Early">The same of what was not open here: that it is may be told later. Null for nothing.</param>
public sealed record ItemsDunned(
    string Step, IReadOnlyList<InstallmentKey> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<InstallmentKey>? Early = null);

/// <summary>A payment of an installment was taken back.</summary>
/// <param name="ReceiptId">Whose money it was.</param>
/// <param name="On">Accounting date.</param>
public sealed record PaymentTakenBack(Guid ReceiptId, Guid InvoiceId, int Installment, DateOnly On);

/// <summary>The hold is let go.</summary>
/// <param name="QuietUntil">Where a person let a rule's hold go: until this day the rule places no other, unless its
/// cause has gone once in between. Null where the rule itself let it go.</param>
/// <param name="LetGo">What the person let go of; null where the rule itself let it go, and in events from before it
/// was kept.</param>
public sealed record HoldReleased(
    Guid HoldId, string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? QuietUntil = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HoldLetGo? LetGo = null);

/// <summary>A person let a hold go.</summary>
/// <param name="Detail">Why the account was held.</param>
/// <param name="On">The day, in the calendar of the legal entity.</param>
/// <param name="ApprovalId">The approval behind it, or null.</param>
public sealed record HoldLetGo(
    string Detail, DateOnly On,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ApprovalId = null);

/// <summary>
/// What a person had let go of has gone by itself, or the days that were said are over: the rule holds again.
/// </summary>
/// <param name="Code">The code of its holds.</param>
public sealed record HoldRuleResumed(string Code);

/// <summary>Somebody answers for the customer, or insures what it owes.</summary>
/// <param name="Kind"><c>guarantee</c>, <c>letter-of-credit</c>, <c>insurance</c> or <c>deposit</c>.</param>
/// <param name="Provider">Who answers.</param>
/// <param name="Reference">Number of the policy or deed.</param>
/// <param name="Cover">The most it pays.</param>
/// <param name="Percent">Part of a loss that it pays.</param>
public sealed record CoverRegistered(
    Guid CoverId, string Kind, string Provider, string Reference, Money Cover, decimal Percent, DateOnly From,
    DateOnly? Until);

/// <summary>The cover has ended.</summary>
/// <param name="On">The first day without it.</param>
public sealed record CoverEnded(Guid CoverId, DateOnly On);

/// <summary>The customer was scored.</summary>
/// <param name="Score">0 to 100; null where too little is known.</param>
/// <param name="RiskClass">The class, or null without a score.</param>
/// <param name="Policy">Number of the policy.</param>
/// <param name="Source"><c>application</c>, <c>review</c>, <c>rescoring</c>.</param>
/// <param name="SourceId">The application or review, or null.</param>
/// <param name="Behaviour">The same from its behaviour towards us alone; null where there is none.</param>
/// <param name="Before">The class before, or null.</param>
/// <param name="IsWorse">It is a worse class than the one before.</param>
/// <param name="Factors">What the score is made of, where the class is another one than before; else null, and in
/// events from before that was kept. The account does not hold it.</param>
/// <param name="Moved">Of a worse class: what has moved the score most since the class before was given, the most
/// first; null where that is not known.</param>
public sealed record RiskAssessed(
    int? Score, string? RiskClass, int Policy, string Source, Guid? SourceId, int? Behaviour, string? Before,
    bool IsWorse = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RiskFactor>? Factors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FactorMove>? Moved = null);

/// <summary>What one factor gave to a score.</summary>
/// <param name="Code">The factor.</param>
/// <param name="Known">What was known, as text; null where the policy gives points for not knowing.</param>
/// <param name="Points">0 to 100.</param>
public sealed record RiskFactor(string Code, string? Known, decimal Points);

/// <summary>A factor that has moved a score.</summary>
/// <param name="Code">The factor.</param>
/// <param name="From">What was known before; null for nothing.</param>
/// <param name="To">What is known now; null for nothing.</param>
/// <param name="By">So many points of the score; below zero where it is lower for that.</param>
public sealed record FactorMove(string Code, string? From, string? To, decimal By);

/// <summary>Other payment terms, or another way of billing, were agreed with the customer.</summary>
/// <param name="SourceId">The request or case behind it.</param>
/// <param name="Terms">The terms from now on.</param>
/// <param name="Schedule">How it is billed, in words of the request; null for as before.</param>
/// <param name="Plan">The same as a plan; null where it is in words alone.</param>
public sealed record TermsAgreed(
    Guid SourceId, string Terms, string? Schedule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BillingPlan? Plan = null);

/// <summary>Somebody has looked at an alert about the customer.</summary>
public sealed record AlertAcknowledged(Guid AlertId);

/// <summary>One reason that stands against an order.</summary>
/// <param name="Code">Stable, kebab-case.</param>
/// <param name="Detail">In words, with the numbers.</param>
public sealed record OrderReason(string Code, string Detail);
