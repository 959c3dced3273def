using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>All of a customer that a person may change; what is left out is taken away.</summary>
/// <param name="Name">1 to 200 characters on one line.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="Terms">Agreed terms of payment.</param>
/// <param name="Language"><c>en</c>, <c>es</c> or <c>fr</c>.</param>
/// <param name="ExternalId">Identifier in the caller's system; once per legal entity.</param>
/// <param name="Segment">E.g. <c>enterprise</c>.</param>
/// <param name="ParentId">Customer whose group it belongs to; never itself or one below it.</param>
/// <param name="Contacts">At most 50. Language, channel and consent of somebody who is known, by identifier or name,
/// stay as they were where they are left out.</param>
/// <param name="DiscountGraceDays">0 to 30 days after a discount date.</param>
/// <param name="TermsOrigin">Where the terms come from.</param>
/// <param name="Clauses">What may be charged for paying late.</param>
/// <param name="Statements">How it wants its statements.</param>
/// <param name="BillTo">Address and tax number.</param>
/// <param name="Invoices">How it wants its invoices; without it as its legal entity does.</param>
public sealed record ChangeCustomer(
    string Name, string Country, string Terms, string Language = "en", string? ExternalId = null,
    string? Segment = null, Guid? ParentId = null, IReadOnlyList<Contact>? Contacts = null, int DiscountGraceDays = 0,
    TermsOrigin TermsOrigin = TermsOrigin.Standard, ContractClauses? Clauses = null,
    StatementPreference? Statements = null, BillTo? BillTo = null, InvoicePreference? Invoices = null);

/// <summary>What may become of a registered customer.</summary>
public static class AccountDecider
{
    /// <summary>Changes what a person may change; saying the same again is nothing.</summary>
    public static Decision Change(Customer customer, ChangeCustomer wish)
    {
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(wish);
        var now = customer.Now!;
        if (now.Status == CustomerStatus.Merged)
            return CustomerRefusals.Merged(now);
        var asRegistered = new RegisterCustomer(
            now.LegalEntity, wish.Name, now.Currency, wish.Country, wish.Terms, wish.Language, wish.ExternalId,
            wish.Segment, wish.ParentId, wish.Contacts, wish.DiscountGraceDays, wish.BillTo, Clauses: wish.Clauses,
            Invoices: wish.Invoices);
        if (CustomerDecider.Check(asRegistered) is { } refusal)
            return refusal;
        var after = now with
        {
            Name = wish.Name.Trim(),
            Country = wish.Country,
            Terms = PaymentTerms.Parse(wish.Terms).ToString(),
            TermsOrigin = wish.TermsOrigin,
            Language = wish.Language,
            ExternalId = wish.ExternalId,
            Segment = wish.Segment,
            ParentId = wish.ParentId,
            Contacts = wish.Contacts ?? [],
            DiscountGraceDays = wish.DiscountGraceDays,
            Clauses = wish.Clauses,
            Statements = wish.Statements,
            BillTo = wish.BillTo,
            Invoices = wish.Invoices,
        };
        return after == now ? Decision.Nothing : Decision.Of(new CustomerChanged(after));
    }

    /// <summary>
    /// Whether it would be due by other terms, or by an approval that nobody gave, or might deduct more cash discount.
    /// </summary>
    public static bool ChangesTerms(Customer customer, ChangeCustomer wish)
    {
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(wish);
        var now = customer.Now!;
        return PaymentTerms.TryParse(wish.Terms, out var terms)
            && (terms.ToString() != now.Terms
                || (wish.TermsOrigin == TermsOrigin.ApprovedRequest && now.TermsOrigin != wish.TermsOrigin)
                || MayDeductMore(now, wish.DiscountGraceDays, wish.Clauses));
    }

    /// <summary>Whether the duplicate would be due by other terms, or might deduct more cash discount.</summary>
    public static bool ChangesTerms(Customer duplicate, Customer survivor)
    {
        ArgumentNullException.ThrowIfNull(duplicate);
        ArgumentNullException.ThrowIfNull(survivor);
        var (now, other) = (duplicate.Now!, survivor.Now!);
        return other.Terms != now.Terms || MayDeductMore(now, other.DiscountGraceDays, other.Clauses);
    }

    private static bool MayDeductMore(CustomerSnapshot now, int graceDays, ContractClauses? clauses) =>
        graceDays > now.DiscountGraceDays
        || (clauses?.Discounts ?? DiscountClause.Standard).AllowsMoreThan(
            now.Clauses?.Discounts ?? DiscountClause.Standard);

    /// <summary>
    /// Lets terms hold that Credit has agreed on, and keeps the way of billing that was agreed with them. Words may
    /// come twice and overtake each other: the one with the highest version counts, and a person's later change is not
    /// undone by a repeat. A duplicate notes them, too: they are its own should it be told apart again. A repeat of the
    /// last word brings the way of billing and the place of the agreement, and nothing else, where an older instance
    /// took that word without them. So does a word after which something was agreed on with a duplicate of the
    /// customer bring the way of billing.
    /// </summary>
    /// <param name="customer">Whose.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="version">Version of Credit's account.</param>
    /// <param name="sequence">Place of the agreement in Credit's log.</param>
    /// <param name="billing">The way of billing, in words; null leaves what was agreed before.</param>
    public static Decision Agree(
        Customer customer, string terms, long version, long sequence, string? billing = null)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var now = customer.Now!;
        if (version < now.TermsVersion)
            return Decision.Nothing;
        if (version == now.TermsVersion && sequence <= now.TermsSequence)
            return AgreeOnBilling(customer, billing);
        if (version > now.TermsVersion && sequence > now.TermsSequence)
            return Agree(now with { TermsVersion = version }, terms, sequence, billing);
        return Decision.Of(new CustomerChanged(now with
        {
            TermsVersion = version,
            TermsSequence = Math.Max(sequence, now.TermsSequence),
            AgreedBilling = now.AgreedBilling ?? billing,
        }));
    }

    /// <summary>Lets a way of billing hold that was agreed, where none is kept; null for none.</summary>
    public static Decision AgreeOnBilling(Customer customer, string? billing)
    {
        ArgumentNullException.ThrowIfNull(customer);
        return billing is not null && customer.Now is { AgreedBilling: null } now
            ? Decision.Of(new CustomerChanged(now with { AgreedBilling = billing }))
            : Decision.Nothing;
    }

    /// <summary>
    /// Lets hold what was agreed on with a duplicate of this customer, which is billed in its place; where something
    /// else was agreed on with either of them after that, only a way of billing that is missing.
    /// </summary>
    /// <param name="survivor">Who is billed.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="sequence">Place of the agreement in Credit's log.</param>
    /// <param name="billing">The way of billing, in words; null leaves what was agreed before.</param>
    public static Decision AgreeFor(Customer survivor, string terms, long sequence, string? billing = null)
    {
        ArgumentNullException.ThrowIfNull(survivor);
        return sequence > survivor.Now!.TermsSequence
            ? Agree(survivor.Now, terms, sequence, billing)
            : AgreeOnBilling(survivor, billing);
    }

    private static Decision Agree(CustomerSnapshot now, string terms, long sequence, string? billing) =>
        PaymentTerms.TryParse(terms, out var agreed)
            ? Decision.Of(new CustomerChanged(now with
            {
                Terms = agreed.ToString(),
                TermsOrigin = TermsOrigin.ApprovedRequest,
                AgreedBilling = billing ?? now.AgreedBilling,
                TermsSequence = sequence,
            }))
            : CustomerRefusals.Terms(terms, "/terms");

    /// <summary>Suspends service in the name of a person, beside all who want that already.</summary>
    public static Decision Suspend(Customer customer) =>
        Suspend(customer, suspension => suspension with { ByPerson = true });

    /// <summary>Suspends service for a recommendation of Collections, beside all who want that already.</summary>
    public static Decision SuspendFor(Customer customer, Guid recommendationId) =>
        Suspend(customer, suspension => suspension.With(recommendationId));

    private static Decision Suspend(Customer customer, Func<Suspension, Suspension> wantedBy)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var now = customer.Now!;
        if (now.Status is not (CustomerStatus.Active or CustomerStatus.Suspended))
            return CustomerRefusals.WrongStatus(now, CustomerStatus.Suspended);
        var (before, after) = (Suspension.Of(now), wantedBy(Suspension.Of(now)));
        return after == before
            ? Decision.Nothing
            : Decision.Of(new CustomerSuspended(
                now with { Status = CustomerStatus.Suspended, Suspension = after }));
    }

    /// <summary>
    /// A recommendation of Collections wants service to be suspended no more: it goes on, unless somebody else does.
    /// Service that was ended stays so. A duplicate that was suspended when it was found to be one notes it, too.
    /// </summary>
    public static Decision ReinstateFor(Customer customer, Guid recommendationId)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var now = customer.Now!;
        var isMerged = now.Status == CustomerStatus.Merged;
        var status = isMerged ? customer.StatusBeforeMerge : now.Status;
        if (status == CustomerStatus.Active)
            return Decision.Nothing;
        if (status != CustomerStatus.Suspended)
            return CustomerRefusals.WrongStatus(now, CustomerStatus.Active);
        var suspension = Suspension.Of(now with { Status = status });
        var left = suspension.Without(recommendationId);
        return left == suspension ? Decision.Nothing
            : isMerged ? Decision.Of(new CustomerChanged(now with { Suspension = left }))
            : left.IsOver ? Reinstate(customer)
            : Decision.Of(new CustomerSuspended(now with { Suspension = left }));
    }

    /// <summary>Lets service go on, whoever wanted it to be suspended.</summary>
    public static Decision Reinstate(Customer customer) => To(
        customer, CustomerStatus.Active, [CustomerStatus.Suspended, CustomerStatus.Terminated],
        after => new CustomerReinstated(after));

    /// <summary>Ends service.</summary>
    public static Decision Terminate(Customer customer) => To(
        customer, CustomerStatus.Terminated, [CustomerStatus.Active, CustomerStatus.Suspended],
        after => new CustomerTerminated(after));

    /// <summary>
    /// Finds it to be a duplicate of another customer. Both must be of one legal entity and currency: there is one
    /// control account and no exchange. A customer that absorbed others is not absorbed itself, so that every merge can
    /// be undone.
    /// </summary>
    public static Decision Merge(Customer duplicate, Guid survivorId, Customer survivor)
    {
        ArgumentNullException.ThrowIfNull(duplicate);
        ArgumentNullException.ThrowIfNull(survivor);
        var (now, other) = (duplicate.Now!, survivor.Now!);
        if (now.MergedInto == survivorId)
            return Decision.Nothing;
        return now switch
        {
            { Status: CustomerStatus.Merged } => CustomerRefusals.Merged(now),
            _ when other.Status is CustomerStatus.Merged or CustomerStatus.Terminated =>
                CustomerRefusals.NoSurvivor(other),
            _ when now.Number == other.Number => CustomerRefusals.MergeItself(now),
            _ when now.LegalEntity != other.LegalEntity || now.Currency != other.Currency =>
                CustomerRefusals.NotAlike(now, other),
            _ when !duplicate.Absorbed.IsEmpty => CustomerRefusals.HasAbsorbed(now),
            _ => Decision.Of(new CustomerMerged(
                now with { Status = CustomerStatus.Merged, MergedInto = survivorId })),
        };
    }

    /// <summary>
    /// Undoes a merge; the customer stands where it stood before, unless all who wanted it to be suspended want that no
    /// more.
    /// </summary>
    public static Decision Unmerge(Customer customer)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var now = customer.Now!;
        if (now.Status != CustomerStatus.Merged)
            return CustomerRefusals.NotMerged(now);
        var after = now with { Status = customer.StatusBeforeMerge, MergedInto = null };
        return Decision.Of(new CustomerUnmerged(after is { Status: CustomerStatus.Suspended, Suspension.IsOver: true }
            ? after with { Status = CustomerStatus.Active, Suspension = null }
            : after));
    }

    /// <summary>Erases the data of somebody who is or was among the contacts; again it is nothing.</summary>
    public static Decision Erase(Customer customer, Guid contactId)
    {
        ArgumentNullException.ThrowIfNull(customer);
        if (!customer.Persons.TryGetValue(contactId, out var erased))
            return Refusal.NotFound("contact", contactId);
        if (erased)
            return Decision.Nothing;
        var now = customer.Now!;
        return Decision.Of(new ContactErased(contactId, now with
        {
            Contacts =
            [
                .. now.Contacts.Select(contact => contact.Id != contactId
                    ? contact
                    : new Contact("", contact.Role, Id: contactId, Erased: true)),
            ],
        }));
    }

    private static Decision To(
        Customer customer, CustomerStatus status, CustomerStatus[] from, Func<CustomerSnapshot, object> happened)
    {
        var now = customer.Now!;
        if (now.Status == status)
            return Decision.Nothing;
        return from.Contains(now.Status)
            ? Decision.Of(happened(now with { Status = status, Suspension = null }))
            : CustomerRefusals.WrongStatus(now, status);
    }
}
