using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Whether a contact may take place now.</summary>
/// <param name="Id">Given to the entry of the contact log afterwards, so that the attempt counts once; null where it is
/// suppressed.</param>
/// <param name="Allowed">True: it counts from now on.</param>
/// <param name="Rule">Why not: <c>quiet-hours</c>, <c>contact-cap</c>, <c>silence-after-conversation</c>,
/// <c>opted-out</c>, <c>consent-missing</c>, <c>address-failed</c>, or the kind of a hold.</param>
/// <param name="Detail">In words.</param>
/// <param name="Until">When it may be tried again; null where that depends on a person.</param>
public sealed record ContactAttemptView(Guid? Id, bool Allowed, string? Rule, string? Detail, DateTimeOffset? Until);

/// <summary>
/// Asks, at the moment of contact, whether it may take place. Dialers and people ask here before they call, and other
/// systems before they send messages of their own; notices pass the same rules when they leave. Whoever places a hold,
/// or writes down a no to a customer of the company, takes the same locks: it is known to the answer, or comes after
/// it.
/// </summary>
public static class AttemptContact
{
    /// <summary>A contact that is about to take place.</summary>
    /// <param name="CustomerId">With whom.</param>
    /// <param name="Channel">How.</param>
    /// <param name="Address">Telephone number, mail address, or in a portal the contact's identifier; without it the
    /// contact's own. A call, mail or message has one wherever some contact does: rules hold per person.</param>
    /// <param name="ContactName">Who.</param>
    /// <param name="InvoiceIds">What it is about, where a rule counts each invoice; without them all that is
    /// owed.</param>
    public sealed record Request(
        Guid CustomerId, ContactChannel Channel, string? Address = null, string? ContactName = null,
        IReadOnlyList<Guid>? InvoiceIds = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/contact-attempts", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<ContactAttemptView>(StatusCodes.Status201Created)
        .WithSummary("Ask whether a contact may take place now; if so it counts");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, ContactBook contacts, PolicyBook policies, OpenItems items)
    {
        if (new Validation()
            .Check(request.Channel != ContactChannel.Note, "/channel", "a note is no contact")
            .Optional("/address", request.Address)
            .Optional("/contactName", request.ContactName)
            .Check(request.InvoiceIds is null or { Count: > 0 and <= 500 }, "/invoiceIds", "names 1 to 500 invoices")
            .Problem is { } problem)
            return problem;
        var id = Ids.Next(command.Clock);
        return await command.CommitAsync(async cancellation =>
        {
            if (await contacts.FindAsync(request.CustomerId, cancellation) is not { } customer)
                return CustomerRefusals.Unknown(request.CustomerId);
            if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                return denied;
            var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
            if (Moment(customer).Point.Address is null && customer.HasAddresses(request.Channel))
                return ContactRefusals.AddressMissing(request.Channel);
            if (await items.NotOwedAsync(customer.Company[0], request.InvoiceIds, cancellation) is { } unknown)
                return ContactRefusals.UnknownInvoice(unknown);
            var profile = await CompanyProfile.LoadAsync(command.Store, customer, cancellation);
            var decision = ContactDecider.Attempt(profile.Profile, Moment(customer), null, id);
            return Plan.Write(
                new WriteBatch(command.Metadata())
                    .Lock(Locks.Contact.TakeAll(customer.Company))
                    .Append(ContactProfileStream.Type, profile.Stream, profile.Version, decision.Events)
                    .Row(profile.StillSo(customer))
                    .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customer.Id)),
                Reply.Created("/v1/collections/contact-attempts", View(id, decision.Events[0])));

            ContactMoment Moment(ContactableCustomer contacted) => contacted.Moment(
                request.Channel, request.Address, request.ContactName, policy.ContactIn(contacted.Country),
                command.Clock.GetUtcNow()) with
            {
                InvoiceIds = request.InvoiceIds,
            };
        });
    }

    private static ContactAttemptView View(Guid id, object e) => e is ContactSuppressed no
        ? new ContactAttemptView(null, false, no.Rule, no.Detail, no.Until)
        : new ContactAttemptView(id, true, null, null, null);
}
