using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>D-74, I-09: whoever could delete could hide; what was wrong is undone by something new.</summary>
public class Deletion(InvoicingApp app)
{
    [Fact]
    public async Task D74_there_is_no_way_to_delete_anything()
    {
        var methods = app.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            .ToHashSet();
        methods.ShouldContain("POST");
        methods.ShouldNotContain("DELETE");

        var issued = await app.Client.IssueAsync(await app.Client.RegisterAsync(await app.EntityAsync()));
        using var answer = await app.Client.DeleteAsync(new Uri($"/v1/invoices/{issued.Id}", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await app.Client.ReadAsync($"/v1/invoices/{issued.Id}"))["status"].GetString().ShouldBe("open");
    }
}
