using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Reviews;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// Whoever got a notice by mail says that no more are wanted at that address: by the link in the mail, which asks once
/// more, or by the button that mail programs make of it, which does not (RFC 8058). It counts for every customer of the
/// legal entity that has the address, and brings none back that was erased. The link is all they need to have; nothing
/// about the customer is shown. To look at the page changes nothing, for mail filters open every link.
/// </summary>
public static class OptOut
{
    /// <summary>More than the buttons of mail programs send; nothing of it is read.</summary>
    private const int BodyBytes = 4 * 1024;

    private const string Source = "unsubscribe link";

    private static readonly HtmlTemplate<PageModel> Template = new(typeof(OptOut).Assembly, "opt-out.html.hbs");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/opt-outs/{token}", ShowAsync)
            .AllowAnonymous()
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .WithSummary("Asks whoever got a notice by mail whether no more are wanted");
        routes.MapPost("/v1/collections/opt-outs/{token}", TakeAsync)
            .AllowAnonymous()
            .WithBodyLimit(BodyBytes)
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .WithSummary("No more notices by mail to the address that this one came to");
    }

    private static async Task<IResult> ShowAsync(
        string token, OptOutLinks links, EventSourcing.EventStore store, HttpContext http)
    {
        if (await FindAsync(token, links, store, http.RequestAborted) is not (_, _, { } mail))
            return Problems.From(Unknown);
        var words = MailLanguage.Of(mail.Language).OptOut;
        return Page(http, mail, words.Question(mail.FromName), words.Button);
    }

    private static async Task<IResult> TakeAsync(
        string token, OptOutLinks links, EventSourcing.EventStore store, ContactBook contacts, TimeProvider clock,
        HttpContext http)
    {
        if (await FindAsync(token, links, store, http.RequestAborted) is not (var notice, var of, { } mail))
            return Problems.From(Unknown);
        var noted = new List<Task>();
        foreach (var customer in await contacts.AtAddressAsync(
            of, mail.To, notice, http.RequestAborted))
        {
            // What fails at one of them is told in the end, and keeps the no from none of the others.
            var one = RefuseAsync(customer, mail.To, store, contacts, clock, http.RequestAborted);
            noted.Add(one);
            await one.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(noted);
        return Page(http, mail, MailLanguage.Of(mail.Language).OptOut.Done, "");
    }

    /// <summary>
    /// Notes the no at one customer, unless it is noted there and counts: where another customer of the same company
    /// has said yes since, it is said again.
    /// </summary>
    private static Task RefuseAsync(
        Guid customerId, string address, EventSourcing.EventStore store, ContactBook contacts, TimeProvider clock,
        CancellationToken cancellation) =>
        store.CommitAsync(
            async stop =>
            {
                // Customers are never taken out of the replica.
                var customer = (await contacts.FindAsync(customerId, stop))!;
                var batch = new WriteBatch(new EventMetadata(Source));
                var stream = ContactProfileStream.Id(customerId);
                var (profile, version) = await store.LoadAsync(ContactProfileStream.Type, stream, stop);
                var company = (await CompanyProfile.LoadAsync(store, customer, stop)).Profile;
                if (HasRefused(profile, address) && HasRefused(company, address))
                    return batch;
                var stated = new ConsentStated(
                    new ContactPoint(customer.LegalEntity, customerId, ContactChannel.Email, address, null), false,
                    clock.Today(customer.EntityZone), Source);
                return batch
                    .Lock(Locks.Contact.Take(customerId))
                    .Append(ContactProfileStream.Type, stream, version, ContactDecider.State(profile, stated).Events)
                    .Row(ReviewQueue.Request(clock.GetUtcNow(), customerId));
            },
            cancellation);

    private static bool HasRefused(ContactProfile profile, string address) =>
        profile.ConsentOf(address, ContactChannel.Email) is { Granted: false, ByInvoicing: false };

    private static Refusal Unknown => Refusal.NotFound("opt-out", "of this link");

    /// <summary>The notice and the mail that carries the link; no mail where it was not made here.</summary>
    private static async Task<(Guid NoticeId, string LegalEntity, NoticeMail? Mail)> FindAsync(
        string token, OptOutLinks links, EventSourcing.EventStore store, CancellationToken cancellation)
    {
        if (links.Read(token) is not { } link)
            return default;
        var notice = (await store.LoadAsync(NoticeStream.Type, link.NoticeId, cancellation)).State;
        return notice.Prepared is { Content.LegalEntity: var of }
            ? (link.NoticeId, of, link.MailOf(notice))
            : default;
    }

    /// <summary>The address of the page is as good as a signature: browsers tell nobody and keep nothing.</summary>
    private static IResult Page(HttpContext http, NoticeMail mail, string text, string button)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        var title = MailLanguage.Of(mail.Language).OptOut.Title;
        return Results.Content(
            Template.Fill(new PageModel(mail.Language, title, text, button)), "text/html; charset=utf-8");
    }

    private sealed record PageModel(string Language, string Title, string Text, string Button);
}
