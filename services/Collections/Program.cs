using OrderToCash.Collections;
using OrderToCash.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(CollectionsService.Name);
builder.AddCollections();
var app = builder.Build();
app.UseServiceDefaults();
app.MapCollections();
app.Run();

/// <summary>Entry point; public so that tests can host the service.</summary>
public partial class Program;
