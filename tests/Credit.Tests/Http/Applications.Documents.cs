using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderToCash.Credit.Applications;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

public sealed partial class Applications
{
    private const string Pdf = "application/pdf";

    private static readonly byte[] BalanceSheet = Encoding.UTF8.GetBytes("%PDF-1.7 balance sheet of 2025");

    /// <summary>CRD-05.</summary>
    [Fact]
    public async Task a_document_is_kept_with_its_case_byte_for_byte()
    {
        var applied = await ApplyAsync(await NamedAsync("Thin Papers Ltd"), 20_000);
        var answer = await KeepAsync(applied, BalanceSheet, Pdf, "balance%20sheet.pdf&text=Audited");

        var entry = (await answer.ShouldBeAsync(HttpStatusCode.Created)).GetProperty("folder")[0];
        (entry.Text("kind"), entry.Text("text"), entry.Text("reference"), entry.Text("by"))
            .ShouldBe(("document", "Audited", $"{answer.Headers.Location}", "ana"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(BalanceSheet));
        var document = entry.GetProperty("document");
        (document.Text("name"), document.Text("type"), document.Text("sha256"))
            .ShouldBe(("balance sheet.pdf", Pdf, hash));
        document.GetProperty("bytes").GetInt32().ShouldBe(BalanceSheet.Length);

        var read = await bed.Client.GetAsync(answer.Headers.Location);
        (await read.Content.ReadAsByteArrayAsync()).ShouldBe(BalanceSheet);
        (read.Content.Headers.ContentType!.MediaType, read.Content.Headers.ContentDisposition!.DispositionType)
            .ShouldBe((Pdf, "attachment"));
        read.Headers.GetValues("Repr-Digest").ShouldBe(
            [$"sha-256=:{Convert.ToBase64String(SHA256.HashData(BalanceSheet))}:"]);

        var again = await KeepAsync(applied, BalanceSheet, Pdf, "another-name.pdf");
        (await again.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("folder").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task only_documents_of_a_known_type_and_size_are_kept()
    {
        var applied = await ApplyAsync(await NamedAsync("Thin Folder Ltd"), 20_000);
        await (await KeepAsync(applied, "<html>"u8.ToArray(), Pdf, "x.pdf"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "not-of-its-type");
        await (await KeepAsync(applied, [], "text/plain", "x.txt"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "not-of-its-type");
        await (await KeepAsync(applied, BalanceSheet, Pdf, "..%2Fx.pdf"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
        await (await KeepAsync(applied, "<html>"u8.ToArray(), "text/plain", "offer.hta"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "not-of-its-type");
        (await KeepAsync(applied, "<html>"u8.ToArray(), "text/html", "x.html")).StatusCode
            .ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var large = new byte[CaseDocument.MostBytes + 1];
        BalanceSheet.CopyTo(large, 0);
        (await KeepAsync(applied, large, Pdf, "x.pdf")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        (await GetAsync(Path(applied))).GetProperty("folder").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task a_document_is_for_those_who_may_see_its_case()
    {
        var applied = await ApplyAsync(await NamedAsync("Thin Secrets Ltd"), 20_000);
        var other = await ApplyAsync(await NamedAsync("Thin Others Ltd"), 20_000);
        var kept = await KeepAsync(applied, BalanceSheet, Pdf, "x.pdf");
        var address = $"{kept.Headers.Location}";
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01");
        using var reader = bed.App.ClientFor("credit:read", "ray");
        using var nobody = bed.App.ClientFor("invoicing:read", "ned");

        (await reader.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await stranger.GetAsync(address)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await nobody.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await KeepAsync(applied, BalanceSheet, Pdf, "y.pdf", stranger))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await KeepAsync(applied, BalanceSheet, Pdf, "y.pdf", reader)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await bed.Client.GetAsync($"{Path(other)}/documents/{address.Split('/')[^1]}"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task a_document_that_must_not_be_kept_is_removed_and_its_hash_stays()
    {
        var applied = await ApplyAsync(await NamedAsync("Thin Passports Ltd"), 20_000);
        var address = $"{(await KeepAsync(applied, BalanceSheet, Pdf, "x.pdf")).Headers.Location}";
        var why = new { reason = "It is of another customer." };
        (await bed.Client.PostAsJsonAsync($"{address}/remove", why)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await bed.App.Operator.PostAsJsonAsync($"{Path(applied)}/documents/{NewId()}/remove", why))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");

        await PostAsync(bed.App.Operator, $"{address}/remove", why);
        await PostAsync(bed.App.Operator, $"{address}/remove", why);

        var folder = (await GetAsync(Path(applied))).GetProperty("folder").EnumerateArray().ToList();
        folder.Select(entry => entry.Text("kind")).ShouldBe(["document", "note"]);
        folder[0].GetProperty("document").Text("sha256")
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(BalanceSheet)));
        (folder[1].Text("text"), folder[1].Text("removes"))
            .ShouldBe(("x.pdf is kept no more: It is of another customer.", address.Split('/')[^1]));
        await (await bed.Client.GetAsync(address)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        var again = await KeepAsync(applied, BalanceSheet, Pdf, "x.pdf");
        (await bed.Client.GetAsync(again.Headers.Location)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> KeepAsync(
        JsonElement application, byte[] content, string type, string name, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Path(application)}/documents?name={name}");
        request.Content = new ByteArrayContent(content);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        // What is too large is refused before it is sent.
        request.Headers.ExpectContinue = true;
        return await (client ?? bed.Client).SendAsync(request);
    }
}
