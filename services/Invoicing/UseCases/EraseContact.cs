using System.Text;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Erases the personal data of a contact: the key they are stored under is destroyed, with the event that says so.
/// The log is not changed, and nothing of it can be read any more. Answers kept for repeats, and mails kept in plain
/// from before there were keys, are replaced and removed. It cannot be undone; again it does nothing.
/// </summary>
public static class EraseContact
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history; it must not name the person.</param>
    public sealed record Request(string Reason);

    /// <summary>
    /// The answers to changes of the customer all show it whole, so what is kept of them shows it as it is now. Of
    /// other documents' answers, which name where they are, none holds a contact.
    /// </summary>
    private const string ForgetAnswers =
        "update otc_idempotency_keys set body = $2, etag = $3 " +
        "where (location is null or location like '/v1/customers/%') and position($1 in body) > 0";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/contacts/{contactId:guid}/erase", HandleAsync)
        .RequireScope(Scopes.Admin)
        .Produces<CustomerView>()
        .WithSummary("Erase the personal data of a contact");

    private static Task<IResult> HandleAsync(Guid id, Guid contactId, Request request, HttpCommand command)
    {
        string? address = null;
        return command.DecideAsync(
            CustomerStream.Type,
            id,
            customer =>
            {
                address = customer.Now?.Contacts.FirstOrDefault(contact => contact.Id == contactId)?.Email;
                return customer.Now is null ? CustomerRefusals.NotFound(id)
                    : command.Caller.Deny(customer.Now.LegalEntity) is { } denied ? denied
                    : Refusal.Unexplained(request.Reason) is { } unexplained ? unexplained
                    : AccountDecider.Erase(customer, contactId);
            },
            decided => View(id, decided),
            reason: request.Reason,
            with: (batch, decided) =>
            {
                ContactKeys.Destroy(batch, contactId);
                KeptMail.RemovePlain(batch, id, decided.State.Now!.Contacts);
                if (address is not null && decided.State.Now.Contacts.All(contact => contact.Email != address))
                    batch.Row(ClosedAddresses.Forget(id, address));
                var (person, answer) = (Encoding.UTF8.GetBytes($"{contactId}"), View(id, decided));
                var forget = new NpgsqlBatchCommand(ForgetAnswers);
                forget.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = person });
                forget.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = answer.Body });
                forget.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = answer.ETag });
                batch.Row(forget);
            });
    }

    private static Reply View(Guid id, Decided<Customer> decided) =>
        Reply.Ok(CustomerView.Of(id, decided.State.Now!, decided.Version), decided.Version);
}
