using System.Text.Json.Serialization;

namespace OrderToCash.Invoicing.Customers;

/// <summary>How a person wants to be reached.</summary>
public enum ContactChannel
{
    Email,
    Phone,

    /// <summary>On paper: statements are made and kept, and somebody prints them.</summary>
    Post,
}

/// <summary>A person or mailbox at a customer.</summary>
/// <param name="Name">How to address them.</param>
/// <param name="Role">What they are asked about: <c>accounts-payable</c>, <c>dispute</c>, <c>legal</c>, ….</param>
/// <param name="Email">Address for mail.</param>
/// <param name="Phone">E.164 number.</param>
/// <param name="TimeZone">IANA zone; without it the legal entity's is meant.</param>
/// <param name="Id">The person, as long as its data are kept; given here. Null in what was stored before there were
/// any.</param>
/// <param name="Erased">Its data are destroyed: there is no name and no way to reach it any more.</param>
/// <param name="Language"><c>en</c>, <c>es</c> or <c>fr</c>; without it the customer's is meant.</param>
/// <param name="PreferredChannel">How they want to be reached; null where they have not said.</param>
/// <param name="Consent">Whether they agree to be written to; null where they have not said, which is no refusal: what
/// is owed under a contract may be told.</param>
public sealed record Contact(
    string Name, string Role, string? Email = null, string? Phone = null, string? TimeZone = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Erased = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Language = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContactChannel? PreferredChannel = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Consent = null)
{
    /// <summary>Name and ways to reach it as they are stored, with the key where it is known.</summary>
    [JsonIgnore]
    public ContactSeal? Seal { get; init; }

    /// <summary>The same person with the same data, however they are sealed.</summary>
    public bool Equals(Contact? other) => other is not null && Fields() == other.Fields();

    /// <inheritdoc/>
    public override int GetHashCode() => Fields().GetHashCode();

    private ((string, string, string?, string?, string?, Guid?, bool), (string?, ContactChannel?, bool?)) Fields() =>
        ((Name, Role, Email, Phone, TimeZone, Id, Erased), (Language, PreferredChannel, Consent));
}

/// <summary>What is stored of a contact in place of its data.</summary>
/// <param name="Text">The data, encrypted with the key of the person; base64.</param>
/// <param name="Key">That key; null where it is not known, or no more.</param>
public sealed record ContactSeal(string Text, byte[]? Key);

/// <summary>An event that leaves a customer as it carries it.</summary>
public interface ICustomerChange
{
    CustomerSnapshot After { get; }
}

/// <summary>A postal address without its country; lines that are not needed are left out.</summary>
/// <param name="Street">Street and number, or post box.</param>
/// <param name="Additional">Floor, building, department.</param>
/// <param name="City">City.</param>
/// <param name="PostalCode">Postal code.</param>
/// <param name="Region">State or province.</param>
public sealed record PostalAddress(
    string? Street = null, string? Additional = null, string? City = null, string? PostalCode = null,
    string? Region = null)
{
    private const int MaxLength = 200;

    /// <summary>What is wrong with it, or null.</summary>
    public string? Fault => new[] { Street, Additional, City, PostalCode, Region }.Any(line =>
        line is not null && (string.IsNullOrWhiteSpace(line) || line.Length > MaxLength || line.Any(char.IsControl)))
            ? "Each line of an address has 1 to 200 characters."
            : null;
}

/// <summary>What invoices and statements are addressed to, besides name and country.</summary>
/// <param name="Address">Where post goes.</param>
/// <param name="TaxId">The buyer's VAT or tax number with its country prefix, such as <c>DE123456789</c>.</param>
/// <param name="BuyerReference">What the buyer wants to see on each invoice, such as a routing number.</param>
/// <param name="RegistrationNumber">The buyer's number in the company register of its country, such as
/// <c>HRB 86891</c>; credit bureaus know companies by it.</param>
public sealed record BillTo(
    PostalAddress? Address = null, string? TaxId = null, string? BuyerReference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RegistrationNumber = null);

/// <summary>A customer account was opened at a legal entity.</summary>
/// <param name="DiscountGraceDays">Days after a discount date on which deductions are still accepted.</param>
/// <param name="BillTo">Address and tax number, where they are known.</param>
public sealed record CustomerRegistered(
    string Number, string LegalEntity, string Name, string? ExternalId, string Currency, string Country,
    string Language, string? Segment, string Terms, Guid? ParentId,
    [property: JsonConverter(typeof(StoredContacts))] IReadOnlyList<Contact> Contacts, int DiscountGraceDays = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BillTo? BillTo = null);

/// <summary>Where a customer's account stands.</summary>
public enum CustomerStatus
{
    /// <summary>Business as usual.</summary>
    Active,

    /// <summary>Service is suspended; what went out is still billed, and the invoice says so.</summary>
    Suspended,

    /// <summary>Service is ended.</summary>
    Terminated,

    /// <summary>A duplicate of another customer, which is billed in its place.</summary>
    Merged,
}

/// <summary>Where agreed terms come from.</summary>
public enum TermsOrigin
{
    /// <summary>The entity's usual ones.</summary>
    Standard,

    /// <summary>A contract.</summary>
    Contract,

    /// <summary>An approved request.</summary>
    ApprovedRequest,
}

/// <summary>Which cash discounts a customer may deduct.</summary>
public enum DiscountAllowance
{
    /// <summary>None, whatever the terms offer.</summary>
    None,

    /// <summary>What is earned by paying in time, grace included.</summary>
    Earned,

    /// <summary>That, and within bounds what comes too late for it.</summary>
    EarnedAndUnearned,
}

/// <summary>Which cash discounts a customer may deduct; invoices keep what held when they were issued.</summary>
/// <param name="Allow">Which.</param>
/// <param name="UnearnedDays">So many days after the discount date and its grace, 1 to 365; null for no end.</param>
/// <param name="UnearnedUpTo">So much of an installment, in the account's currency; null for no bound. One of the two
/// bounds what is not earned.</param>
public sealed record DiscountClause(
    DiscountAllowance Allow = DiscountAllowance.Earned, int? UnearnedDays = null, decimal? UnearnedUpTo = null)
{
    /// <summary>What holds for a customer whose contract says nothing of discounts.</summary>
    public static readonly DiscountClause Standard = new();

    /// <summary>The bounds of what is not earned; null where nothing of it is allowed.</summary>
    [JsonIgnore]
    public UnearnedDiscountBound? Unearned => Allow == DiscountAllowance.EarnedAndUnearned
        ? new UnearnedDiscountBound(UnearnedDays, UnearnedUpTo)
        : null;

    /// <summary>
    /// As it holds in another currency than the account's: a bound that is a sum of money says nothing there, so what
    /// it bounds is not allowed.
    /// </summary>
    public DiscountClause InOtherCurrency() => Unearned?.UpTo is null ? this : Standard;

    /// <summary>Whether some discount may be deducted by this clause and not by the other.</summary>
    public bool AllowsMoreThan(DiscountClause other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Allow > other.Allow || (Allow == DiscountAllowance.EarnedAndUnearned && other.Allow == Allow
            && ((UnearnedDays ?? int.MaxValue) > (other.UnearnedDays ?? int.MaxValue)
                || (UnearnedUpTo ?? decimal.MaxValue) > (other.UnearnedUpTo ?? decimal.MaxValue)));
    }
}

/// <summary>
/// Interest and compensation as the law on late payment between businesses gives them: so many points above a published
/// rate, and a fixed sum per item. In the European Union 8 points above the rate of the European Central Bank and 40
/// euros (Directive 2011/7/EU, Articles 2(6) and 6(1)); in the United Kingdom 8 points above the Bank of England's and
/// 40, 70 or 100 pounds by what is owed (Late Payment of Commercial Debts (Interest) Act 1998, section 5A).
/// </summary>
/// <param name="ReferenceRate">Name of the published rate, e.g. <c>ecb</c>; that of each half-year holds in it.</param>
/// <param name="Points">Percentage points above it.</param>
/// <param name="Sums">Fixed sums per item by what was open when it became overdue, ascending; null for none.</param>
public sealed record StatutoryClause(
    string ReferenceRate, decimal Points, IReadOnlyList<StatutorySum>? Sums = null)
{
    /// <summary>What is due at once on an item of this open amount; zero where none is.</summary>
    public decimal SumOn(decimal open) => Sums?.LastOrDefault(sum => sum.From <= open)?.Amount ?? 0;

    /// <inheritdoc/>
    public bool Equals(StatutoryClause? other) => other is not null
        && (ReferenceRate, Points) == (other.ReferenceRate, other.Points)
        && (Sums ?? []).SequenceEqual(other.Sums ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => (ReferenceRate, Points, Sums?.Count ?? 0).GetHashCode();
}

/// <summary>A fixed sum per item, in the account's currency.</summary>
/// <param name="From">On items of which so much or more is open.</param>
public sealed record StatutorySum(decimal From, decimal Amount);

/// <summary>What a contract lets the seller charge and do when payment is late.</summary>
/// <param name="LateFee">Once per overdue item, in the account's currency; null for none.</param>
/// <param name="LateFeePercent">Once per overdue item, of what is open; 1.5 is 1.5 %; null for none.</param>
/// <param name="InterestPercent">Simple interest a year on what is overdue; null for none.</param>
/// <param name="GraceDays">Days after the due date before anything is charged.</param>
/// <param name="MaySuspend">Service may be suspended.</param>
/// <param name="Reference">Number of the contract.</param>
/// <param name="ReminderFee">At most so much for each dunning notice, in the account's currency; null for none.</param>
/// <param name="Discounts">Which cash discounts may be deducted; null for those that are earned.</param>
/// <param name="Statutory">Interest and a fixed sum by law, in place of a fixed rate; null for none.</param>
public sealed record ContractClauses(
    decimal? LateFee = null, decimal? LateFeePercent = null, decimal? InterestPercent = null, int GraceDays = 0,
    bool MaySuspend = false, string? Reference = null, decimal? ReminderFee = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DiscountClause? Discounts = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StatutoryClause? Statutory = null)
{
    /// <summary>
    /// What may be charged on documents in another currency than the account's: what is a part of them, and no sum of
    /// money.
    /// </summary>
    public ContractClauses InOtherCurrency() => this with
    {
        LateFee = null,
        ReminderFee = null,
        Discounts = Discounts?.InOtherCurrency(),
        Statutory = Statutory is null ? null : Statutory with { Sums = null },
    };
}

/// <summary>How often statements are sent.</summary>
public enum StatementCycle
{
    None,
    Weekly,
    Monthly,
    Quarterly,
}

/// <summary>How statements reach the customer.</summary>
public enum StatementChannel
{
    /// <summary>By mail to the contact.</summary>
    Email,

    /// <summary>On paper: they are made and kept, and somebody prints them.</summary>
    Post,
}

/// <summary>How a customer wants its statements.</summary>
/// <param name="Cycle">How often.</param>
/// <param name="ContactRole">Role of the contact they go to.</param>
/// <param name="Channel">How they reach it.</param>
/// <param name="OutstandingOnly">Only what is open, not every entry of the period.</param>
/// <param name="AttachInvoices">The open invoices go with them as PDF files, up to 20.</param>
/// <param name="Group">They are of its whole group: of the customer and of all below it. Those still get their own,
/// unless they want none.</param>
public sealed record StatementPreference(
    StatementCycle Cycle = StatementCycle.Monthly, string ContactRole = "accounts-payable",
    StatementChannel Channel = StatementChannel.Email, bool OutstandingOnly = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AttachInvoices = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Group = false)
{
    /// <summary>What holds for a customer that has said nothing.</summary>
    public static readonly StatementPreference Standard = new();
}

/// <summary>How a customer wants its invoices, credit memos and debit memos.</summary>
/// <param name="Mail">They are mailed as they are issued.</param>
/// <param name="ContactRole">Role of the contacts they go to; where nobody has it, to those who pay.</param>
/// <param name="BillToParent">They go to the address and the contacts of its parent, in the same legal entity; they are
/// its own still, and owed by it.</param>
public sealed record InvoicePreference(
    bool Mail, string ContactRole = InvoicePreference.WhoPays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool BillToParent = false)
{
    /// <summary>The role of those who pay.</summary>
    public const string WhoPays = "accounts-payable";
}

/// <summary>All of a customer as it is after an event, so that whoever hears of one event knows it whole.</summary>
/// <param name="MergedInto">The customer in whose place it was a duplicate, or null.</param>
/// <param name="TermsVersion">Version of Credit's account at the last agreement on terms; 0 without one.</param>
/// <param name="Invoices">How it wants its invoices; null: as its legal entity does.</param>
/// <param name="AgreedBilling">How it is to be billed by its last agreement with Credit, in words; null where nothing
/// was said. Billing schedules are set up by a person.</param>
/// <param name="Suspension">Who wants service to be suspended; null where nobody does, and where it was suspended
/// before this was kept.</param>
/// <param name="TermsSequence">Place in Credit's log of the last agreement on its terms, with it or with a duplicate
/// that it is billed in place of; 0 without one. An older version says nothing of it: the last one that is known
/// stands.</param>
public sealed record CustomerSnapshot(
    string Number, string LegalEntity, string Name, string? ExternalId, string Currency, string Country,
    string Language, string? Segment, string Terms, TermsOrigin TermsOrigin, Guid? ParentId,
    [property: JsonConverter(typeof(StoredContacts))] IReadOnlyList<Contact> Contacts, int DiscountGraceDays,
    ContractClauses? Clauses, StatementPreference? Statements, CustomerStatus Status, Guid? MergedInto,
    long TermsVersion = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BillTo? BillTo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] InvoicePreference? Invoices = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AgreedBilling = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Suspension? Suspension = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long TermsSequence = 0)
{
    /// <summary>The parent that gets its documents, or null.</summary>
    [JsonIgnore]
    public Guid? BilledParent => Invoices is { BillToParent: true } ? ParentId : null;

    /// <summary>As it was registered.</summary>
    public static CustomerSnapshot Of(CustomerRegistered e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return new CustomerSnapshot(
            e.Number, e.LegalEntity, e.Name, e.ExternalId, e.Currency, e.Country, e.Language, e.Segment, e.Terms,
            TermsOrigin.Standard, e.ParentId, e.Contacts, e.DiscountGraceDays, null, null, CustomerStatus.Active, null,
            BillTo: e.BillTo);
    }

    /// <summary>Equal when all that they say is, contacts one by one.</summary>
    public bool Equals(CustomerSnapshot? other) =>
        other is not null && Contacts.SequenceEqual(other.Contacts) && Fields() == other.Fields();

    /// <inheritdoc/>
    public override int GetHashCode() => Fields().GetHashCode();

    private ((string, string, string, string?, string, string, string, string?),
        (string, TermsOrigin, Guid?, int, ContractClauses?, StatementPreference?, CustomerStatus, Guid?),
        (BillTo?, InvoicePreference?, string?, Suspension?)) Fields() => (
        (Number, LegalEntity, Name, ExternalId, Currency, Country, Language, Segment),
        (Terms, TermsOrigin, ParentId, DiscountGraceDays, Clauses, Statements, Status, MergedInto),
        (BillTo, Invoices, AgreedBilling, Suspension));
}

/// <summary>What a person may change of a customer was changed.</summary>
public sealed record CustomerChanged(CustomerSnapshot After) : ICustomerChange;

/// <summary>
/// Service is suspended. Again while it is, where somebody else wants that, too, or no more: what it carries says who
/// is left.
/// </summary>
public sealed record CustomerSuspended(CustomerSnapshot After) : ICustomerChange;

/// <summary>Service goes on.</summary>
public sealed record CustomerReinstated(CustomerSnapshot After) : ICustomerChange;

/// <summary>Service is ended.</summary>
public sealed record CustomerTerminated(CustomerSnapshot After) : ICustomerChange;

/// <summary>It was a duplicate: another customer is billed from now on. What was billed to it stays as it is.</summary>
public sealed record CustomerMerged(CustomerSnapshot After) : ICustomerChange;

/// <summary>It was no duplicate after all.</summary>
public sealed record CustomerUnmerged(CustomerSnapshot After) : ICustomerChange;

/// <summary>The data of a contact are erased: the key that what is stored of it was sealed with is destroyed.</summary>
public sealed record ContactErased(Guid ContactId, CustomerSnapshot After) : ICustomerChange;

/// <summary>A duplicate was merged into this customer.</summary>
public sealed record DuplicateAbsorbed(Guid CustomerId, string Number);

/// <summary>What was taken for a duplicate stands alone again.</summary>
public sealed record DuplicateReleased(Guid CustomerId, string Number);
